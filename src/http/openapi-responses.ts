import type { z } from "@hono/zod-openapi";
import { errorSchema } from "./response/envelope.ts";

const MEANINGS = {
  400: "Something in the request is wrong; the message names it.",
  404: "There is no such thing.",
  409: "It does not go together with what is there; the message says why.",
  411: "The length is missing.",
  412: "A precondition failed.",
  413: "The file is too large.",
  415: "The file is of no accepted format, or cannot be decoded.",
  416: "No byte of the file is in the range.",
  503: "The renderer or the database did not answer; try again after `Retry-After` seconds.",
} as const;

/** The documentation of a JSON answer. */
export function jsonResponse<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** The documentation of the ways a request is refused. */
export function errorResponses<S extends keyof typeof MEANINGS>(...statuses: S[]) {
  return Object.fromEntries(statuses.map((status) => [status, jsonResponse(errorSchema, MEANINGS[status])])) as Record<
    S,
    ReturnType<typeof jsonResponse<typeof errorSchema>>
  >;
}
