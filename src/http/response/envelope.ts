import { z } from "@hono/zod-openapi";

/** Every JSON answer: the HTTP status again, `"success"` or what was wrong, and the data. */
export interface Envelope<T, S extends number = number, M extends string = string> {
  status: S;
  message: M;
  data: T;
}

/** The envelope of an answer that worked. */
export function success<T>(data: T): Envelope<T, 200, "success"> {
  return { status: 200, message: "success", data };
}

/** The OpenAPI form of {@link success}. */
export function successSchema<T extends z.ZodType>(data: T) {
  return z.object({ status: z.literal(200), message: z.literal("success"), data });
}

/** The OpenAPI form of an answer that did not work. */
export const errorSchema = z.object({ status: z.number().int(), message: z.string(), data: z.null() }).openapi("Error");

/** Builds an answer that did not work. */
export function errorResponse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  data: unknown = null,
): Response {
  const body: Envelope<unknown> = { status, message, data };
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...headers } });
}
