import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { dryRunSchema } from "../../api/dry-run.ts";
import { videoRequestSchema } from "../../api/video-request.ts";
import { createTask } from "../../tasks/create/create-task.ts";
import { parseVideoRequest } from "../../tasks/create/parse-video-request.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { jsonResponse, errorResponses } from "../openapi-responses.ts";
import { publicOrigin } from "../origin.ts";
import { IDEMPOTENCY_HEADER, idempotencyKeyOf } from "../request/idempotency-key.ts";
import { readJsonObject } from "../request/json-body.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const createVideoRoute = createRoute({
  method: "post",
  path: "/api/v1/videos",
  tags: ["Videos"],
  summary: "Start making videos",
  description:
    "Answers at once; follow the task with `GET /api/v1/tasks/{task_id}`. With a key, as the header `Idempotency-Key` or the " +
    "field `idempotency_key`, it can be sent again when an answer was lost: the same request is answered with the same task. " +
    "A key is kept as long as its task, and for 24 hours after the task was deleted. With `dry_run` the plan is answered and no task made.",
  request: {
    headers: z.object({
      "idempotency-key": z.string().optional().openapi({
        description: "A key of the caller's choice, such as a UUID: up to 255 characters, quoted or not.",
        example: '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
      }),
    }),
    body: { required: true, content: { "application/json": { schema: videoRequestSchema } } },
  },
  responses: {
    200: jsonResponse(
      successSchema(z.union([z.object({ task_id: z.uuid() }), dryRunSchema])),
      "The task was made, by this request or an earlier one with its key; or with `dry_run` the plan of one.",
    ),
    ...errorResponses(400, 409, 413, 503),
  },
});

/** `/api/v1/videos` */
export function videoRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(createVideoRoute);
  // Read here and not by the route's validator, so that a body which is no JSON, or says that it is
  // something else, gets an answer that names the fault.
  routes.post(createVideoRoute.path, async (context) => {
    const request = parseVideoRequest(await readJsonObject(context.req.raw));
    const created = await createTask(context.env, request, {
      owner: ownerOf(context),
      origin: publicOrigin(context.req.url, context.env),
      idempotencyKey: idempotencyKeyOf(context.req.raw.headers.get(IDEMPOTENCY_HEADER), request.idempotency_key),
    });
    return created.kind === "task"
      ? context.json(success({ task_id: created.taskId }), 200)
      : context.json(success(created.plan), 200);
  });
  return routes;
}
