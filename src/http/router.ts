import { OpenAPIHono } from "@hono/zod-openapi";
import { getPath } from "hono/utils/url";
import { withoutLink } from "../auth/signed-link.ts";
import type { Env } from "../env.ts";
import type { Access } from "./middleware/access.ts";
import { describeIssues, errorResponse } from "./response/envelope.ts";

/** Hono's environment in every route of this service. */
export interface AppEnv {
  Bindings: Env;
  Variables: { access: Access };
}

/** A router whose refused inputs are answered in the envelope, naming the field. */
export function router(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    // A link before the path changes who may make the request, and not which.
    getPath: (request) => withoutLink(getPath(request)),
    defaultHook: (result) => (result.success ? undefined : errorResponse(400, describeIssues(result.error))),
  });
}
