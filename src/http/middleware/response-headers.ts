import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { AccessError } from "../../auth/access-error.ts";
import { readConfig } from "../../config/config.ts";
import type { AppEnv } from "../app-env.ts";

/** What a page may load, send and be framed by, by directive (Content Security Policy Level 3). */
export type PagePolicy = Readonly<Record<string, readonly string[]>>;

/** Of whatever is no page: nothing in it is run, and it is shown in no frame. */
const INERT = "default-src 'none'; frame-ancestors 'none'";

/** Two years, in seconds: what browsers' preload lists ask for at least is half of it. */
const HTTPS_ONLY = "max-age=63072000";

/** Puts on every answer what keeps a browser from making more of it than it is. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { headers } = context.res;
  headers.set("x-content-type-options", "nosniff");
  // A link's signature is in its address, and must not reach another site as a referrer.
  headers.set("referrer-policy", "no-referrer");
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", INERT);
  if (new URL(context.req.url).protocol === "https:") headers.set("strict-transport-security", HTTPS_ONLY);
};

/** The headers of a page of this service. */
export function pageHeaders(policy: PagePolicy): Record<string, string> {
  const directives = Object.entries(policy).map(([name, values]) => [name, ...values].join(" "));
  return {
    "content-security-policy": directives.join("; "),
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
  };
}

/** The sites that may show the player in a frame: those that may read its files. */
export function frameAncestors(env: object): readonly string[] {
  return ["'self'", ...readConfig(env).CORS_ORIGINS];
}

/** Lets players on other origins read files by ranges, and see what they need of the answers. */
export const fileCors: MiddlewareHandler<AppEnv> = (context, next) => {
  const origins = readConfig(context.env).CORS_ORIGINS;
  return cors({
    origin: origins.includes("*") ? "*" : origins,
    allowMethods: ["GET", "HEAD"],
    allowHeaders: ["Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"],
    exposeHeaders: [
      ...["Accept-Ranges", "Content-Range", "Content-Length", "Content-Disposition", "ETag", "Last-Modified"],
      ...["Link", "Retry-After", "Server-Timing", "X-Edgereel-Cache"],
    ],
    maxAge: 86_400,
  })(context, next);
};

/**
 * Lets pages on other origins use the API where these are named one by one: `*` is for files. Without
 * keys (`AUTH=off`) nothing else would keep a page on the Internet from using a service on the
 * visitor's own machine, so changes that such a page asks for are refused, which browsers make without
 * asking first.
 *
 * @throws AccessError 403
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
      "Origin: pages of this origin may not use this service: name it in CORS_ORIGINS",
    );
  }
  if (named.length === 0) return next();
  return cors({
    origin: named,
    allowMethods: ["GET", "HEAD", "POST", "PUT", "DELETE"],
    allowHeaders: ["Authorization", "X-Api-Key", "Content-Type", "Idempotency-Key", "Last-Event-ID"],
    exposeHeaders: ["Link", "Retry-After", "RateLimit", "RateLimit-Policy", "WWW-Authenticate"],
    maxAge: 86_400,
  })(context, next);
};

/** Whether an origin is the host a request came to; whatever ends TLS in front may have changed the scheme. */
function isHostOf(origin: string, url: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(url).host;
}
