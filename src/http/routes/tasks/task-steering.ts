import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import { taskDataSchema } from "../../../api/task.ts";
import { cancelTask, retryTask } from "../../../tasks/steer-task.ts";
import type { AppEnv } from "../../app-env.ts";
import { ownerOf } from "../../middleware/access.ts";
import { errorResponses, jsonResponse } from "../../openapi-responses.ts";
import { taskPath } from "../../request/task-path.ts";
import { success, successSchema } from "../../response/envelope.ts";
import { viewTask } from "../../response/task-view.ts";
import { router } from "../../router.ts";

const responses = {
  200: jsonResponse(successSchema(taskDataSchema), "The current data of the task."),
  ...errorResponses(400, 404, 409),
};

const cancelRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/cancel",
  tags: ["Tasks"],
  summary: "Cancel a task",
  description:
    "Stops the task within seconds. It gets state -1, stage `cancelled` and the error code `cancelled`. Finished segments " +
    "are kept for a retry. Cancelling a cancelled task changes nothing. A task that has succeeded or failed cannot be cancelled.",
  request: { params: taskPath },
  responses,
});

const retryRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/retry",
  tags: ["Tasks"],
  summary: "Retry a failed or cancelled task",
  description:
    "Continues the task where it stopped. Finished segments are not rendered again. A task in any other stage cannot be retried.",
  request: { params: taskPath },
  responses: { ...responses, ...errorResponses(503) },
});

/** `/api/v1/tasks/{task_id}/cancel` and `/retry` */
export function taskSteeringRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(cancelRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = await cancelTask(context.env, task_id, ownerOf(context));
    return context.json(success(await viewTask(context, task)), 200);
  });
  routes.openapi(retryRoute, async (context) => {
    const { task_id } = context.req.valid("param");
    const task = await retryTask(context.env, task_id, ownerOf(context));
    return context.json(success(await viewTask(context, task)), 200);
  });
  return routes;
}
