import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { taskFileOf } from "../../api/paths.ts";
import { collect } from "../../metrics/collect.ts";
import { count } from "../../metrics/count.ts";
import { encode, PROMETHEUS_TEXT } from "../../metrics/prometheus.ts";
import { jobQueues } from "../../tasks/queues.ts";
import type { AppEnv } from "../app-env.ts";
import { router } from "../router.ts";

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  tags: ["Service"],
  summary: "Metrics of the service",
  description: "In Prometheus' text format, version 0.0.4. docs/operations.md describes each metric.",
  responses: {
    200: { description: "The current value of every metric.", content: { "text/plain": { schema: z.string() } } },
  },
});

/** `/metrics` */
export function metricsRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(metricsRoute);
  routes.get(metricsRoute.path, async (context) => {
    const text = encode(await collect({ DB: context.env.DB, queues: jobQueues(context.env) }, Date.now()));
    return context.body(text, 200, { "content-type": PROMETHEUS_TEXT, "cache-control": "no-store" });
  });
  return routes;
}

/** Methods that get a label value of their own. */
const COUNTED_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]);

/** Counts responses, and the bytes of task files in them. */
export const requestMetrics: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { method } = context.req;
  const route = routeOf(context);
  const { status, headers } = context.res;
  const label = COUNTED_METHODS.has(method) ? method : "other";
  count(context.env, "http_requests", { method: label, route, status: `${Math.floor(status / 100)}xx` });
  const bytes = Number(headers.get("content-length"));
  if (method === "GET" && isFile(route) && (status === 200 || status === 206) && bytes > 0) {
    count(context.env, "bytes_served", { route }, bytes);
  }
};

/** The path template of the matched route as in the OpenAPI document; `other` if no route matched. */
function routeOf(context: Context<AppEnv>): string {
  const path = routePath(context, -1);
  return path.includes("*") ? "other" : path.replace(/:(\w+)/g, "{$1}");
}

function isFile(route: string): boolean {
  return taskFileOf(route) !== null;
}
