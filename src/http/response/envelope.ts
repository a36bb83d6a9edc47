import { z } from "@hono/zod-openapi";

/** The body of every JSON response: the HTTP status, `"success"` or an error message, and the data. */
export interface Envelope<T, S extends number = number, M extends string = string> {
  status: S;
  message: M;
  data: T;
}

/** The body of a successful response. */
export function success<T>(data: T): Envelope<T, 200, "success"> {
  return { status: 200, message: "success", data };
}

/** The schema of {@link success}, for the OpenAPI document. */
export function successSchema<T extends z.ZodType>(data: T) {
  return z.object({ status: z.literal(200), message: z.literal("success"), data });
}

/** The schema of {@link errorResponse}, for the OpenAPI document. */
export const errorSchema = z.object({ status: z.number().int(), message: z.string(), data: z.null() }).openapi("Error");

/** Builds an error response. Caches do not store it. */
export function errorResponse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  data: unknown = null,
): Response {
  const body: Envelope<unknown> = { status, message, data };
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}
