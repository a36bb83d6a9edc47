import type { z } from "@hono/zod-openapi";
import { type ErrorCode, errorTable } from "../api/errors.ts";
import { errorSchema } from "./response/envelope.ts";

/** The error codes that document a status. A status with other codes needs no entry if no route lists it. */
const CODES = {
  400: ["invalid_request"],
  401: ["unauthenticated"],
  403: ["forbidden"],
  404: ["not_found"],
  409: ["conflict"],
  412: ["precondition_failed"],
  413: ["too_large"],
  414: ["url_too_long"],
  415: ["unsupported_file", "bad_input"],
  416: ["range_not_satisfiable"],
  429: ["quota_exceeded"],
  431: ["headers_too_long"],
  460: ["checksum_mismatch"],
  503: ["database_unavailable", "renderer_unavailable"],
} as const satisfies Record<number, readonly ErrorCode[]>;

/** The meanings of error codes, one sentence for each. */
export function meaningOf(...codes: readonly ErrorCode[]): string {
  return codes.map((code) => errorTable[code].meaning).join(" ");
}

/** Documents a JSON response. */
export function jsonResponse<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** Documents error responses, with the meanings in the table of error codes. */
export function errorResponses<S extends keyof typeof CODES>(...statuses: S[]) {
  return Object.fromEntries(
    statuses.map((status) => [status, jsonResponse(errorSchema, meaningOf(...CODES[status]))]),
  ) as Record<S, ReturnType<typeof jsonResponse<typeof errorSchema>>>;
}
