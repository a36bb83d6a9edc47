/** An OpenAPI document, as far as this repository changes one. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, { responses?: Record<string, unknown> }>>;
}

/** The part of the app that this file uses. The app runs in Node too, but its types are for Workers only. */
interface App {
  request(path: string, init: RequestInit, env: object): Promise<Response>;
}

/** The service's OpenAPI document, as `/openapi.json` of this checkout returns it. */
export async function openApiDocument(): Promise<OpenApiDocument> {
  const { createApp } = (await import("../../src/http/app.ts" as string)) as { createApp(): App };
  const response = await createApp().request("/openapi.json", {}, {});
  return (await response.json()) as OpenApiDocument;
}
