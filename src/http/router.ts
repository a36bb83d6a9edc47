import { OpenAPIHono } from "@hono/zod-openapi";
import { getPath } from "hono/utils/url";
import { describeIssues } from "../api/describe-issues.ts";
import { withoutLink } from "../auth/signed-link.ts";
import type { AppEnv } from "./app-env.ts";
import { errorResponse } from "./response/envelope.ts";

/** A router. If a request does not match a route's schemas, it responds 400 in the envelope and names the field. */
export function router(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    // A signed link in front of the path decides who may make the request, not which route gets it.
    getPath: (request) => withoutLink(getPath(request)),
    defaultHook: (result) => (result.success ? undefined : errorResponse(400, describeIssues(result.error))),
  });
}
