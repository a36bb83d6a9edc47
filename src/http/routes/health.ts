import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { rendererKinds } from "../../api/task-state.ts";
import { rendererHealth } from "../../renderers/renderer-health.ts";
import { jobQueues } from "../../tasks/queues.ts";
import { log, messageOf } from "../../util/log.ts";
import { withTimeout } from "../../util/timeout.ts";
import { version } from "../../util/version.ts";
import type { AppEnv } from "../app-env.ts";
import { jsonResponse } from "../openapi-responses.ts";
import { successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const checkSchema = z.object({ ok: z.boolean(), message: z.string().optional() });
const healthSchema = z
  .object({
    state: z.enum(["ok", "degraded", "down"]).openapi({
      description:
        "`down`: tasks can be neither created nor shown. `degraded`: they can, but nothing renders until the queue and the renderer answer.",
    }),
    version: z.string(),
    database: checkSchema.openapi({ description: "D1: the list of tasks and the names of uploaded files." }),
    storage: checkSchema.openapi({ description: "R2: the files." }),
    tasks: checkSchema.openapi({ description: "Durable Objects: the tasks themselves." }),
    queue: checkSchema.openapi({ description: "Queues: the jobs of tasks." }),
    renderer: checkSchema.extend({ kind: z.enum(rendererKinds) }).openapi({
      description: "The renderer of new tasks. The service asks it at most once in 5 seconds.",
    }),
  })
  .openapi("Health");

/** Timeout for the check of each dependency. */
const DEPENDENCY_TIMEOUT_MS = 3_000;
const NO_TABLES =
  "has no tables; run `npx wrangler d1 migrations apply DB --local`, or with `--remote` for a deployed service";

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  tags: ["Service"],
  summary: "Health of the service and its dependencies",
  description:
    "503 only if tasks can be neither created nor shown. If only the renderer or a queue does not answer, the response is 200 with the state `degraded`. `message` says what to start if something is missing.",
  responses: {
    200: jsonResponse(successSchema(healthSchema), "Tasks can be created and shown."),
    503: jsonResponse(
      z.object({ status: z.literal(503), message: z.string(), data: healthSchema }),
      "The database, the storage or the Durable Objects do not answer.",
    ),
  },
});

/** `/health` */
export function healthRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(healthRoute, async (context) => {
    const { env } = context;
    const [database, storage, tasks, queue, renderer] = await Promise.all([
      checkDependency("database", async () => drizzle(env.DB).run(sql`select tasks from owner_totals limit 1`)),
      checkDependency("storage", async () => env.MEDIA.head("health")),
      // No task has this name. The object reads the names of its tables and writes nothing.
      checkDependency("tasks", async () => env.TASKS.getByName("health").get()),
      checkDependency("queue", async () => Promise.all(Object.values(jobQueues(env)).map((queue) => queue.metrics()))),
      rendererHealth(env),
    ]);
    const usable = database.ok && storage.ok && tasks.ok;
    const state = usable ? (queue.ok && renderer.ok ? ("ok" as const) : ("degraded" as const)) : ("down" as const);
    const data = { state, version, database, storage, tasks, queue, renderer };
    context.header("cache-control", "no-store");
    if (usable) return context.json({ status: 200 as const, message: "success" as const, data }, 200);
    return context.json({ status: 503 as const, message: "a dependency does not answer", data }, 503);
  });
  return routes;
}

/** Calls a dependency. Never throws. The text of an error goes to the log only, because it may name internal hosts. */
async function checkDependency(dependency: string, call: () => Promise<unknown>): Promise<z.infer<typeof checkSchema>> {
  try {
    await withTimeout(call(), DEPENDENCY_TIMEOUT_MS);
    return { ok: true };
  } catch (error) {
    log("dependency_unhealthy", { dependency, message: messageOf(error) });
    return { ok: false, message: lacksTables(error) ? NO_TABLES : "does not answer" };
  }
}

/** True for D1's error about a database without migrations, which drizzle passes on as the cause. */
function lacksTables(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return /no such table/.test(error.message) || lacksTables(error.cause);
}
