import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute } from "@hono/zod-openapi";
import { taskDataSchema } from "../../api/task.ts";
import { cancelTask, retryTask } from "../../tasks/steer-task.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { jsonResponse, errorResponses } from "../openapi-responses.ts";
import { taskPath } from "../request/task-path.ts";
import { success, successSchema } from "../response/envelope.ts";
import { viewTask } from "../response/task-view.ts";
import { router } from "../router.ts";

const answers = {
  200: jsonResponse(successSchema(taskDataSchema), "The task as it is now."),
  ...errorResponses(400, 404, 409),
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
  responses: { ...answers, ...errorResponses(503) },
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
