import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import type { Context } from "hono";
import { TaskCatalog } from "../../db/task-catalog.ts";
import { canRetry } from "../../tasks/state.ts";
import type { Steering } from "../../tasks/task-calls.ts";
import { taskDataSchema } from "../../tasks/task-data.ts";
import { ownerOf } from "../middleware/access.ts";
import { jsonAnswer, refusals } from "../openapi.ts";
import { taskQuota, tooManyTasks } from "../quotas.ts";
import { noTask, taskPath } from "../request/task-path.ts";
import { success, successSchema } from "../response/envelope.ts";
import { RequestError } from "../response/request-error.ts";
import { viewTask } from "../response/task-view.ts";
import { type AppEnv, router } from "../router.ts";
import { taskOf } from "../viewed-task.ts";

const answers = {
  200: jsonAnswer(successSchema(taskDataSchema), "The task as it is now."),
  ...refusals(400, 404, 409),
};

const cancelRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/cancel",
  tags: ["Tasks"],
  summary: "Stop a task and keep it",
  description:
    "The task ends with state -1, stage `cancelled` and the error code `cancelled`; work under way stops within seconds. What was " +
    "finished is kept for a retry. Again for a cancelled task: no change. Refused for one that has succeeded or failed.",
  request: { params: taskPath },
  responses: answers,
});

const retryRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/retry",
  tags: ["Tasks"],
  summary: "Take up a failed or cancelled task",
  description: "It goes on where it stopped: finished segments are not made again. Refused in any other stage.",
  request: { params: taskPath },
  responses: { ...answers, ...refusals(503) },
});

/** `/api/v1/tasks/{task_id}/cancel` and `/retry` */
export function taskSteeringRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(cancelRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = outcome(task_id, await taskOf(context, task_id).cancel(), "cancelled");
    return context.json(success(await viewTask(context, task)), 200);
  });
  routes.openapi(retryRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    await requireRoom(context, task_id);
    const task = outcome(task_id, await taskOf(context, task_id).retry(), "retried");
    return context.json(success(await viewTask(context, task)), 200);
  });
  return routes;
}

/**
 * Refuses to take up a task whose owner has as many in flight as he may. Counted, and not held: retries
 * that come at once may go over it by their number.
 */
async function requireRoom(context: Context<AppEnv>, id: string): Promise<void> {
  const quota = taskQuota(context.env);
  if (quota === null || (await new TaskCatalog(context.env.DB).inFlight(ownerOf(context))) < quota) return;
  // What cannot be retried anyway is answered as such.
  const task = await taskOf(context, id).get();
  if (task && canRetry(task.stage)) throw tooManyTasks(quota);
}

function outcome(id: string, steering: Steering, wish: string) {
  switch (steering.status) {
    case "done":
      return steering.task;
    case "refused":
      throw new RequestError(409, `the task ${id} cannot be ${wish}: its stage is ${steering.stage}`);
    case "gone":
      throw noTask(id);
  }
}
