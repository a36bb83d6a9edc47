import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { TaskCatalog } from "../tasks/catalog.ts";
import { taskData, taskDataSchema } from "../tasks/summary.ts";
import { success, successSchema } from "./envelope.ts";
import { RequestError } from "./errors.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { publicOrigin } from "./origin.ts";
import { type AppEnv, router } from "./router.ts";

const taskPath = z.object({
  task_id: z
    .uuid({ error: "is not a task id (a UUID)" })
    .openapi({ param: { name: "task_id", in: "path" }, example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
});

/** A whole number in a query, where an empty or repeated one is as wrong as a word. */
const count = (fallback: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number from 1 to ${most}`)
    .transform(Number)
    .pipe(z.number().int().min(1, `must be at least 1`).max(most, `must be at most ${most}`))
    .optional()
    .transform((value) => value ?? fallback)
    .openapi({ type: "integer", minimum: 1, maximum: most, default: fallback });

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks",
  tags: ["Tasks"],
  summary: "List tasks, newest first",
  request: { query: z.object({ page: count(1, 100_000_000), page_size: count(10, 100) }) },
  responses: {
    200: jsonAnswer(
      successSchema(
        z.object({
          tasks: z.array(taskDataSchema),
          total: z.number().int(),
          page: z.number().int(),
          page_size: z.number().int(),
        }),
      ),
      "One page, and how many tasks there are in all. The header `x-d1-bookmark` may be sent back, for a list no older than this one.",
    ),
    ...refusals(400),
  },
});

const getTaskRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Get a task",
  request: { params: taskPath },
  responses: { 200: jsonAnswer(successSchema(taskDataSchema), "The task as it is now."), ...refusals(400, 404) },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Delete a task and its files",
  description: "A task that is still being made is stopped.",
  request: { params: taskPath },
  responses: { 200: jsonAnswer(successSchema(z.null()), "It is gone."), ...refusals(400, 404) },
});

const BOOKMARK = "x-d1-bookmark";

/** `/api/v1/tasks` */
export function taskRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();

  routes.openapi(listRoute, async (context) => {
    const { page, page_size } = context.req.valid("query");
    const bookmark = context.req.header(BOOKMARK)?.match(/^[0-9a-f-]{1,200}$/)?.[0] ?? null;
    const found = await new TaskCatalog(context.env.DB).list(page, page_size, bookmark);
    if (found.bookmark) context.header(BOOKMARK, found.bookmark);
    const origin = publicOrigin(context.req.url, context.env);
    const tasks = found.tasks.map((task) => taskData(task, origin));
    return context.json(success({ tasks, total: found.total, page, page_size }), 200);
  });

  routes.openapi(getTaskRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = await context.env.TASKS.getByName(task_id).get();
    if (!task) throw noTask(task_id);
    context.header("cache-control", "no-store");
    return context.json(success(taskData(task, publicOrigin(context.req.url, context.env))), 200);
  });

  routes.openapi(deleteRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    if (!(await context.env.TASKS.getByName(task_id).remove())) throw noTask(task_id);
    return context.json(success(null), 200);
  });

  return routes;
}

function noTask(id: string): RequestError {
  return new RequestError(404, `there is no task ${id}`);
}
