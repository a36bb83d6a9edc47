import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { AccessError } from "../../auth/access-error.ts";
import { readConfig } from "../../config/config.ts";
import type { AppEnv } from "../app-env.ts";

/** The headers of resumable uploads that browsers send and read. */
const TUS_REQUEST_HEADERS = [
  ...["Tus-Resumable", "Upload-Length", "Upload-Metadata", "Upload-Offset", "Upload-Checksum"],
  ...["X-HTTP-Method-Override", "X-Request-ID", "X-Requested-With"],
];
const TUS_RESPONSE_HEADERS = [
  ...["Location", "Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"],
  ...["Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"],
];

/** The Content Security Policy of a page: the values of each directive (CSP Level 3). */
export type PagePolicy = Readonly<Record<string, readonly string[]>>;

/** The policy of all responses that are not pages: a browser runs and loads nothing, and frames do not show them. */
const NO_CONTENT_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Two years in seconds. Browsers' preload lists require at least one. */
const STRICT_TRANSPORT_SECURITY = "max-age=63072000";

/** Adds security headers to every response: no content sniffing, no referrer, and a Content Security Policy. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("x-content-type-options", "nosniff");
  // URLs may contain the signature of a link, which must not reach other sites as a referrer.
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", NO_CONTENT_POLICY);
  if (new URL(context.req.url).protocol === "https:")
    headers.set("strict-transport-security", STRICT_TRANSPORT_SECURITY);
};

/** The headers of an HTML page of this service. */
export function pageHeaders(policy: PagePolicy): Record<string, string> {
  const directives = Object.entries(policy).map(([name, values]) => [name, ...values].join(" "));
  return {
    "content-security-policy": directives.join("; "),
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  };
}

/** The sites that may show the player in a frame: the same ones that may read files (`CORS_ORIGINS`). */
export function frameAncestors(env: object): readonly string[] {
  return ["'self'", ...readConfig(env).CORS_ORIGINS];
}

/** CORS for files of tasks: players on the origins in `CORS_ORIGINS` may read files and ranges of them. */
export const fileCors: MiddlewareHandler<AppEnv> = (context, next) => {
  const origins = readConfig(context.env).CORS_ORIGINS;
  return cors({
    origin: origins.includes("*") ? "*" : origins,
    allowMethods: ["GET", "HEAD"],
    allowHeaders: ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"],
    exposeHeaders: [
      ...["Accept-Ranges", "Content-Range", "Content-Length", "Content-Disposition", "ETag", "Last-Modified"],
      ...["Link", "Retry-After", "Server-Timing", "X-Edgereel-Cache", "X-Error-Code"],
    ],
    maxAge: 86_400,
  })(context, next);
};

/**
 * CORS for the API: pages on origins that `CORS_ORIGINS` names may use it; `*` allows files only.
 *
 * With `AUTH=off`, any web page could use a service on its visitor's machine, because browsers send some requests
 * that change data without a preflight. So requests that change data are refused if their `Origin` is another site
 * that is not named.
 *
 * @throws AccessError `forbidden`
 */
export const apiCors: MiddlewareHandler<AppEnv> = (context, next) => {
  const { AUTH, CORS_ORIGINS } = readConfig(context.env);
  const named = CORS_ORIGINS.filter((origin) => origin !== "*");
  const { method, url } = context.req;
  const origin = context.req.header("origin");
  const changes = method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
  if (AUTH === "off" && changes && origin !== undefined && !named.includes(origin) && !isHostOf(origin, url)) {
    throw new AccessError(
      "forbidden",
      "Origin: pages of this origin may not use this service; add the origin to CORS_ORIGINS",
    );
  }
  if (named.length === 0) return next();
  return cors({
    origin: named,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: [
      ...["Authorization", "X-Api-Key", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
      ...["Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name", "Mcp-Session-Id"],
      ...TUS_REQUEST_HEADERS,
    ],
    exposeHeaders: [
      ...["Link", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate", "X-Error-Code"],
      ...TUS_RESPONSE_HEADERS,
    ],
    maxAge: 86_400,
  })(context, next);
};

/** Whether an origin has the host of the URL. Ignores the scheme, because a proxy in front may have ended TLS. */
function isHostOf(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host;
}
