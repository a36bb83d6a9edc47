import { z } from "@hono/zod-openapi";
import type { ErrorCode } from "../../api/errors.ts";

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

/** The code of an error response that comes from no {@link CodedError}. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "invalid_request",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  500: "internal_error",
};

/** The header with the code of an error, for clients that branch on it. */
export const ERROR_CODE_HEADER = "x-error-code";

/** Builds an error response. Caches do not store it. */
export function errorResponse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  data: unknown = null,
): Response {
  const body: Envelope<unknown> = { status, message, data };
  const code = CODE_OF_STATUS[status];
  const codeHeader = code === undefined ? {} : { [ERROR_CODE_HEADER]: code };
  return Response.json(body, { status, headers: { "cache-control": "no-store", ...codeHeader, ...headers } });
}
