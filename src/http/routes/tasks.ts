import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError } from "../../api/errors.ts";
import { taskDataSchema } from "../../api/task.ts";
import { isFinal } from "../../api/task-state.ts";
import { TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { deleteTask } from "../../tasks/steer-task.ts";
import { taskData } from "../../tasks/task-data.ts";
import type { ViewedTask } from "../../tasks/viewed-task.ts";
import { noTask } from "../../tasks/viewed-task.ts";
import type { AppEnv } from "../app-env.ts";
import { linksFor, ownerOf, accessTimeLeftMs } from "../middleware/access.ts";
import { jsonResponse, errorResponses } from "../openapi-responses.ts";
import { formatCursor, parseCursor } from "../request/cursor.ts";
import { taskPath } from "../request/task-path.ts";
import { success, successSchema } from "../response/envelope.ts";
import { viewTask } from "../response/task-view.ts";
import { router } from "../router.ts";
import { requestedTask } from "../request/requested-task.ts";

/** A whole number in a query, where an empty or repeated one is as wrong as a word. */
const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.number().int().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`))
    .optional()
    .openapi({ type: "integer", minimum: least, maximum: most });

const listQuery = z.object({
  page: wholeNumber(1, 100_000_000).openapi({ default: 1 }),
  page_size: wholeNumber(1, 100).openapi({ default: 10 }),
  state: z
    .enum(["4", "1", "-1"], { error: "must be 4 (processing), 1 (succeeded) or -1 (failed or cancelled)" })
    .optional()
    .openapi({ description: "Only tasks of this state; `total` is then how many of it there are." }),
  order: z
    .enum(["desc", "asc"], { error: "must be desc or asc" })
    .optional()
    .openapi({ description: "By creation: `desc` for newest first.", default: "desc" }),
  cursor: z.string().max(200).optional().openapi({
    description:
      "`next_cursor` of the page before, with the same `state` and `order`. Unlike `page` it costs the same however deep the page is, and skips or repeats nothing when tasks are made meanwhile.",
  }),
});

/** Longest that a request waits for a change, in seconds. */
const MAX_WAIT = 30;

const waitQuery = z.object({
  wait: wholeNumber(0, MAX_WAIT).openapi({
    description: "Seconds to wait for a change before the answer. A task that has ended is answered at once.",
  }),
  since: wholeNumber(0, Number.MAX_SAFE_INTEGER).openapi({
    description:
      "With `wait`: the `revision` that the caller knows. Another one is answered at once, so that no change is missed between two calls.",
  }),
});

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks",
  tags: ["Tasks"],
  summary: "List tasks by creation",
  request: { query: listQuery },
  responses: {
    200: jsonResponse(
      successSchema(
        z.object({
          tasks: z.array(taskDataSchema),
          total: z.number().int(),
          page: z.number().int().nullable().openapi({ description: "Null for a page by cursor." }),
          page_size: z.number().int(),
          next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
        }),
      ),
      "One page, and how many tasks of the state there are in all. The header `x-d1-bookmark` may be sent back, for a list no older than this one.",
    ),
    ...errorResponses(400, 503),
  },
});

const getTaskRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Get a task",
  description: "With `wait`, the answer comes when the task has changed, or after so many seconds (long polling).",
  request: { params: taskPath, query: waitQuery },
  responses: { 200: jsonResponse(successSchema(taskDataSchema), "The task as it is now."), ...errorResponses(400, 404) },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Delete a task and its files",
  description: "A task that is still being made is stopped.",
  request: { params: taskPath },
  responses: { 200: jsonResponse(successSchema(z.null()), "It is gone."), ...errorResponses(400, 404) },
});

const stateOf = { "4": 4, "1": 1, "-1": -1 } as const;

const BOOKMARK = "x-d1-bookmark";

/** `/api/v1/tasks` */
export function taskRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();

  routes.openapi(listRoute, async (context) => {
    const { page, page_size = 10, state, order = "desc", cursor } = context.req.valid("query");
    if (cursor !== undefined && page !== undefined)
      throw new CodedError("invalid_request", "cursor: goes without page");
    const from = cursor === undefined ? { page: page ?? 1 } : { after: parseCursor(cursor) };
    const wanted = state === undefined ? null : stateOf[state];
    const bookmark = context.req.header(BOOKMARK)?.match(/^[0-9a-f-]{1,200}$/)?.[0] ?? null;
    const found = await new TaskCatalog(context.env.DB).list(
      { owner: ownerOf(context), state: wanted, order, pageSize: page_size, from },
      bookmark,
    );
    if (found.bookmark) context.header(BOOKMARK, found.bookmark);
    const links = linksFor(context);
    const tasks = found.tasks.map((task) => taskData(task, links));
    const next_cursor = found.next && formatCursor(found.next);
    return context.json(
      success({ tasks, total: found.total, page: "page" in from ? from.page : null, page_size, next_cursor }),
      200,
    );
  });

  routes.openapi(getTaskRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const { wait = 0, since = null } = context.req.valid("query");
    const object = requestedTask(context, task_id);
    const task = await (wait > 0 ? nextOf(context, object, since, wait * 1000) : object.get());
    if (!task) throw noTask(task_id);
    context.header("cache-control", "no-store");
    return context.json(success(await viewTask(context, task)), 200);
  });

  routes.openapi(deleteRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    await deleteTask(context.env, task_id, ownerOf(context));
    return context.json(success(null), 200);
  });

  return routes;
}

/**
 * A task as soon as it has changed, or as it is after a while; null where there is none.
 *
 * @throws AccessError where who asks may not see it any more.
 */
async function nextOf(
  context: Context<AppEnv>,
  object: ViewedTask,
  since: number | null,
  milliseconds: number,
): Promise<TaskSummary | null> {
  const end = Date.now() + milliseconds;
  const known = since ?? (await object.get())?.revision ?? null;
  for (;;) {
    const left = Math.max(0, end - Date.now());
    const task = await object.watch(known, Math.min(left, await accessTimeLeftMs(context)));
    await accessTimeLeftMs(context);
    if (!task || task.revision !== known || isFinal(task.stage) || Date.now() >= end) return task;
  }
}
