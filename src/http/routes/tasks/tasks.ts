import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError } from "../../../api/errors.ts";
import { taskDataSchema } from "../../../api/task.ts";
import { isFinal } from "../../../api/task-state.ts";
import { TaskCatalog } from "../../../db/task-catalog.ts";
import type { TaskSummary } from "../../../db/task-summary.ts";
import { formatCursor, parseCursor } from "../../../tasks/list-cursor.ts";
import { deleteTask } from "../../../tasks/steer-task.ts";
import { taskData } from "../../../tasks/view/task-data.ts";
import type { ViewedTask } from "../../../tasks/view/viewed-task.ts";
import { noTask } from "../../../tasks/view/viewed-task.ts";
import type { AppEnv } from "../../app-env.ts";
import { accessTimeLeftMs, linksFor, ownerOf } from "../../middleware/access.ts";
import { errorResponses, jsonResponse } from "../../openapi-responses.ts";
import { requestedTask } from "../../request/requested-task.ts";
import { taskPath } from "../../request/task-path.ts";
import { success, successSchema } from "../../response/envelope.ts";
import { viewTask } from "../../response/task-view.ts";
import { router } from "../../router.ts";

/** A whole number in a query. Empty, repeated and non-numeric values are refused. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`))
    .optional()
    .openapi({ type: "integer", minimum: min, maximum: max });

const listQuery = z.object({
  page: wholeNumber(1, 100_000_000).openapi({ default: 1 }),
  page_size: wholeNumber(1, 1000).openapi({ default: 10 }),
  state: z
    .enum(["4", "1", "-1"], { error: "must be 4 (processing), 1 (succeeded) or -1 (failed or cancelled)" })
    .optional()
    .openapi({ description: "List and count only tasks with this state." }),
  search: z.string().max(200).optional().openapi({
    description:
      "List and count only tasks whose `video_subject` has this text, whatever the case of ASCII letters. This reads all of your tasks.",
  }),
  order: z
    .enum(["desc", "asc"], { error: "must be desc or asc" })
    .optional()
    .openapi({ description: "Order by creation time; `desc` is newest first.", default: "desc" }),
  cursor: z.string().max(200).optional().openapi({
    description:
      "`next_cursor` from the page before; use it with the same `state`, `search` and `order`, and without `page`. Later pages are as fast as the first one, and no task is skipped or repeated if tasks are created meanwhile.",
  }),
});

/** Max time that a request waits for a change. */
const MAX_WAIT_SECONDS = 30;

const waitQuery = z.object({
  wait: wholeNumber(0, MAX_WAIT_SECONDS).openapi({
    description: "Max seconds to wait for a change. If the task has ended, the response comes at once.",
  }),
  since: wholeNumber(0, Number.MAX_SAFE_INTEGER).openapi({
    description:
      "With `wait`: the `revision` that the client has. If the task has another one, the response comes at once, so that no change between two requests is missed.",
  }),
});

const listRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks",
  tags: ["Tasks"],
  summary: "List tasks",
  request: { query: listQuery },
  responses: {
    200: jsonResponse(
      successSchema(
        z.object({
          tasks: z.array(taskDataSchema),
          total: z.number().int(),
          page: z.number().int().nullable().openapi({ description: "Null if the request has a `cursor`." }),
          page_size: z.number().int(),
          next_cursor: z.string().nullable().openapi({ description: "Null on the last page." }),
        }),
      ),
      "One page of tasks, and in `total` the number of all tasks that match. To get a list that is at least as new as this one, send its header `x-d1-bookmark` with the next request.",
    ),
    ...errorResponses(400, 503),
  },
});

const getTaskRoute = createRoute({
  method: "get",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Get a task",
  description: "With `wait`, the response comes when the task changes, or after that many seconds (long polling).",
  request: { params: taskPath, query: waitQuery },
  responses: {
    200: jsonResponse(successSchema(taskDataSchema), "The current data of the task."),
    ...errorResponses(400, 404),
  },
});

const deleteRoute = createRoute({
  method: "delete",
  path: "/api/v1/tasks/{task_id}",
  tags: ["Tasks"],
  summary: "Delete a task and its files",
  description: "An unfinished task is stopped first.",
  request: { params: taskPath },
  responses: { 200: jsonResponse(successSchema(z.null()), "The task is deleted."), ...errorResponses(400, 404) },
});

const stateOf = { "4": 4, "1": 1, "-1": -1 } as const;

const BOOKMARK_HEADER = "x-d1-bookmark";

/** `/api/v1/tasks` */
export function taskRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();

  routes.openapi(listRoute, async (context) => {
    const { page, page_size = 10, state, search, order = "desc", cursor } = context.req.valid("query");
    if (cursor !== undefined && page !== undefined)
      throw new CodedError("invalid_request", "cursor: use either cursor or page");
    const from = cursor === undefined ? { page: page ?? 1 } : { after: parseCursor(cursor) };
    const wanted = state === undefined ? null : stateOf[state];
    const bookmark = context.req.header(BOOKMARK_HEADER)?.match(/^[0-9a-f-]{1,200}$/)?.[0] ?? null;
    const found = await new TaskCatalog(context.env.DB).list(
      { owner: ownerOf(context), state: wanted, search: search || null, order, pageSize: page_size, from },
      bookmark,
    );
    if (found.bookmark) context.header(BOOKMARK_HEADER, found.bookmark);
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
    const task = await (wait > 0 ? waitForChange(context, object, since, wait * 1000) : object.get());
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
 * Waits until a task has changed or has ended, but not longer than the timeout. Null if the task does not exist.
 *
 * @param since the revision that the client has; null for the current one.
 * @throws AccessError if the client may no longer see the task.
 */
async function waitForChange(
  context: Context<AppEnv>,
  object: ViewedTask,
  since: number | null,
  timeoutMs: number,
): Promise<TaskSummary | null> {
  const end = Date.now() + timeoutMs;
  const known = since ?? (await object.get())?.revision ?? null;
  for (;;) {
    const left = Math.max(0, end - Date.now());
    const task = await object.watch(known, Math.min(left, await accessTimeLeftMs(context)));
    await accessTimeLeftMs(context);
    if (!task || task.revision !== known || isFinal(task.stage) || Date.now() >= end) return task;
  }
}
