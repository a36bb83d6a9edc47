import { OpenAPIHono } from "@hono/zod-openapi";
import { getPath } from "hono/utils/url";
import { describeIssues } from "../api/describe-issues.ts";
import { withoutLink } from "../auth/signed-link.ts";
import type { AppEnv } from "./app-env.ts";
import { errorResponse } from "./response/envelope.ts";

/** A router whose refused inputs are answered in the envelope, naming the field. */
export function router(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    // A link before the path changes who may make the request, and not which.
    getPath: (request) => withoutLink(getPath(request)),
    defaultHook: (result) => (result.success ? undefined : errorResponse(400, describeIssues(result.error))),
  });
}
