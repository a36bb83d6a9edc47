import type { MiddlewareHandler } from "hono";
import { drain } from "../../util/drain.ts";
import type { AppEnv } from "../app-env.ts";

/** Max bytes to read from a refused body: more than what is in transit when a small upload is refused. */
const MAX_DRAINED_BYTES = 1024 * 1024;

/**
 * Reads the part of a request's body that the route did not read. If the server responds while the client is still
 * sending, the connection closes and some clients lose the response (RFC 9112 §9.6).
 */
export const drainBody: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { body, bodyUsed } = context.req.raw;
  if (body && !bodyUsed && !body.locked) await drain(body, MAX_DRAINED_BYTES);
};
