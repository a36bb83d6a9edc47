import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import { taskDataSchema } from "../tasks/summary.ts";
import type { Steering } from "../tasks/task-calls.ts";
import { success, successSchema } from "./envelope.ts";
import { RequestError } from "./errors.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { type AppEnv, router } from "./router.ts";
import { noTask, taskPath } from "./task-path.ts";
import { viewTask } from "./task-view.ts";

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
  responses: answers,
});

/** `/api/v1/tasks/{task_id}/cancel` and `/retry` */
export function taskSteeringRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(cancelRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = outcome(task_id, await context.env.TASKS.getByName(task_id).cancel(), "cancelled");
    return context.json(success(await viewTask(context, task)), 200);
  });
  routes.openapi(retryRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = outcome(task_id, await context.env.TASKS.getByName(task_id).retry(), "retried");
    return context.json(success(await viewTask(context, task)), 200);
  });
  return routes;
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
