import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";
import { errorResponse } from "../response/envelope.ts";

/** A route, in Hono's notation; `ALL` is middleware. */
interface Route {
  method: string;
  path: string;
}

/**
 * Answers for an address that there is and a method that it does not know: 405 with `Allow` (RFC 9110 §15.5.6), and
 * OPTIONS with the same list. Who asks does not matter: the API's description, which is open, says as much.
 *
 * @param routes those of the whole application, as they are when the first request comes.
 */
export function allowedMethods(routes: () => readonly Route[]): MiddlewareHandler<AppEnv> {
  let known: { method: string; form: RegExp }[] | null = null;
  return async ({ req }, next) => {
    known ??= routes().flatMap(({ method, path }) => (method === "ALL" ? [] : [{ method, form: formOf(path) }]));
    const methods = new Set(known.filter(({ form }) => form.test(req.path)).map(({ method }) => method));
    // Hono answers HEAD by the route of GET.
    if (methods.has("GET")) methods.add("HEAD");
    if (methods.size === 0 || methods.has(req.method)) return next();
    const allow = [...methods, "OPTIONS"].toSorted().join(", ");
    if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    return errorResponse(405, `${req.method} is not allowed here, only ${allow}`, { allow });
  };
}

/** What addresses a route is for: a parameter is one step of a path, and not empty. */
function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}
