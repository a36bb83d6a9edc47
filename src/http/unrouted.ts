import type { Context } from "hono";
import { errorResponse, shortened } from "./envelope.ts";
import type { AppEnv } from "./router.ts";

/** A route, in Hono's notation. */
interface Route {
  method: string;
  path: string;
}

/**
 * Answers what no route takes: 404 for an address that there is not, 405 with `Allow` for one that knows other
 * methods (RFC 9110 §15.5.6), and OPTIONS with the same list.
 *
 * @param routes those of the whole application; `ALL` is middleware.
 */
export function answerUnrouted(routes: readonly Route[]): (context: Context<AppEnv>) => Response {
  const known = routes.flatMap(({ method, path }) => (method === "ALL" ? [] : [{ method, form: formOf(path) }]));
  return ({ req }) => {
    const methods = new Set(known.filter(({ form }) => form.test(req.path)).map(({ method }) => method));
    // Hono answers HEAD by the route of GET.
    if (methods.has("GET")) methods.add("HEAD");
    if (methods.size === 0 || methods.has(req.method)) {
      return errorResponse(404, `there is no ${req.method} ${shortened(req.path)}`);
    }
    const allow = [...methods, "OPTIONS"].toSorted().join(", ");
    if (req.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    return errorResponse(405, `${req.method} is not allowed here, only ${allow}`, { allow });
  };
}

/** What addresses a route is for: a parameter is one step of a path, and not empty. */
function formOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(".", "\\.").replace(/:\w+/g, "[^/]+")}$`);
}
