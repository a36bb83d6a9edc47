import type { MiddlewareHandler } from "hono";
import { CodedError } from "../../api/errors.ts";
import type { AppEnv } from "../app-env.ts";

/** Max characters of a URL: several times the length of the longest link. */
export const MAX_URL_LENGTH = 8192;
/** Max characters of all header names and values together. Browsers and proxies send far less. */
export const MAX_HEADERS_LENGTH = 32_768;

/**
 * Refuses requests whose URL or headers are longer than any client needs.
 *
 * @throws CodedError `url_too_long`, `headers_too_long`
 */
export const requestLimits: MiddlewareHandler<AppEnv> = (context, next) => {
  if (context.req.url.length > MAX_URL_LENGTH) {
    throw new CodedError("url_too_long", `the URL is longer than ${MAX_URL_LENGTH} characters`);
  }
  let size = 0;
  context.req.raw.headers.forEach((value, name) => {
    size += name.length + value.length;
  });
  if (size > MAX_HEADERS_LENGTH)
    throw new CodedError("headers_too_long", `the headers are longer than ${MAX_HEADERS_LENGTH} characters`);
  return next();
};
