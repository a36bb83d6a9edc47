import type { MiddlewareHandler } from "hono";
import { CodedError } from "../../api/errors.ts";
import type { AppEnv } from "../app-env.ts";

/** Longest address, in characters: several times that of the longest link. */
export const MAX_URL_LENGTH = 8192;
/** Most characters of all header fields together, names and values: what proxies and browsers send is far below. */
export const MAX_HEADERS_LENGTH = 32_768;

/**
 * Refuses what no client of this service has a reason to send, before anything is read of it.
 *
 * @throws CodedError 414, 431
 */
export const requestLimits: MiddlewareHandler<AppEnv> = (context, next) => {
  if (context.req.url.length > MAX_URL_LENGTH) {
    throw new CodedError("url_too_long", `the address is longer than ${MAX_URL_LENGTH} characters`);
  }
  let size = 0;
  context.req.raw.headers.forEach((value, name) => {
    size += name.length + value.length;
  });
  if (size > MAX_HEADERS_LENGTH)
    throw new CodedError("headers_too_long", `the headers are longer than ${MAX_HEADERS_LENGTH} characters`);
  return next();
};
