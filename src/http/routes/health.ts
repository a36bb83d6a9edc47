import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { rendererKinds } from "../../protocol/task-jobs.ts";
import { rendererHealth } from "../../renderers/renderer-health.ts";
import { jobQueues } from "../../tasks/queues.ts";
import { inTime } from "../../util/deadline.ts";
import { log, messageOf } from "../../util/log.ts";
import { version } from "../../util/version.ts";
import { jsonAnswer } from "../openapi.ts";
import { successSchema } from "../response/envelope.ts";
import { type AppEnv, router } from "../router.ts";

const check = z.object({ ok: z.boolean(), message: z.string().optional() });
const health = z
  .object({
    state: z.enum(["ok", "degraded", "down"]).openapi({
      description:
        "`down`: no task can be made or shown. `degraded`: they can, but nothing is rendered until the queue or the renderer answers.",
    }),
    version: z.string(),
    database: check.openapi({ description: "D1: the list of tasks, and the uploaded files' names." }),
    storage: check.openapi({ description: "R2: files." }),
    tasks: check.openapi({ description: "Durable Objects: the tasks themselves." }),
    queue: check.openapi({ description: "Queues: the jobs." }),
    renderer: check.extend({ kind: z.enum(rendererKinds) }).openapi({
      description: "The one that a new task would be planned for; asked every few seconds at most.",
    }),
  })
  .openapi("Health");

/** Longest wait for a dependency, in milliseconds. */
const PATIENCE = 3_000;

const healthRoute = createRoute({
  method: "get",
  path: "/health",
  tags: ["Service"],
  summary: "Whether the service and what it depends on answer",
  description: "503 only where tasks can neither be made nor shown; a renderer that does not answer is `degraded`.",
  responses: {
    200: jsonAnswer(successSchema(health), "Tasks can be made and shown."),
    503: jsonAnswer(
      z.object({ status: z.literal(503), message: z.string(), data: health }),
      "Something does not answer that every request needs.",
    ),
  },
});

/** `/health` */
export function healthRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(healthRoute, async (context) => {
    const { env } = context;
    const [database, storage, tasks, queue, renderer] = await Promise.all([
      answers("database", async () => drizzle(env.DB).run(sql`select tasks from owner_totals limit 1`)),
      answers("storage", async () => env.MEDIA.head("health")),
      // An object that never had a task: it reads its tables' names and writes nothing.
      answers("tasks", async () => env.TASKS.getByName("health").get()),
      answers("queue", async () => Promise.all(Object.values(jobQueues(env)).map((queue) => queue.metrics()))),
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

/** Whether a call answers in time. The reason why not is for the log alone: it may name what is internal. */
async function answers(dependency: string, call: () => Promise<unknown>): Promise<z.infer<typeof check>> {
  try {
    await inTime(call(), PATIENCE);
    return { ok: true };
  } catch (error) {
    log("dependency_unhealthy", { dependency, message: messageOf(error) });
    return { ok: false, message: "it does not answer" };
  }
}
