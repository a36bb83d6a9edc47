import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";
import { errorResponse } from "../response/envelope.ts";

/** A route as Hono lists it. Middleware has the method `ALL`. */
interface Route {
  method: string;
  path: string;
}

/**
 * Responds 405 with `Allow` (RFC 9110 §15.5.6) if a path exists but not with the request's method, and responds to
 * OPTIONS with the same list. Needs no key, because the public API description lists the methods too.
 *
 * @param routes returns all routes of the app. Called at the first request, when all of them are mounted.
 */
export function allowedMethods(routes: () => readonly Route[]): MiddlewareHandler<AppEnv> {
  let known: { method: string; pattern: RegExp }[] | null = null;
  return async ({ req }, next) => {
    known ??= routes().flatMap(({ method, path }) => (method === "ALL" ? [] : [{ method, pattern: patternOf(path) }]));
    const methods = new Set(known.filter(({ pattern }) => pattern.test(req.path)).map(({ method }) => method));
    // Hono handles HEAD with the route for GET.
    if (methods.has("GET")) methods.add("HEAD");
    if (methods.size === 0 || methods.has(req.method)) return next();
    const allow = [...methods, "OPTIONS"].toSorted().join(", ");
    if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    return errorResponse(405, `${req.method} is not supported; use one of ${allow}`, { allow });
  };
}

/** The pattern of a route's paths. A parameter stands for one path segment that is not empty. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}
