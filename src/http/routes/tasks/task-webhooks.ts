import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { taskDataSchema } from "../../../api/task.ts";
import { type WebhookType, webhookTypes } from "../../../api/webhooks/webhook-log.ts";
import { webhookPayloadSchema } from "../../../api/webhooks/webhook-payload.ts";
import { replayWebhook } from "../../../tasks/steer-task.ts";
import type { AppEnv } from "../../app-env.ts";
import { ownerOf } from "../../middleware/access.ts";
import { errorResponses, jsonResponse } from "../../openapi-responses.ts";
import { taskPath } from "../../request/task-path.ts";
import { success, successSchema } from "../../response/envelope.ts";
import { viewTask } from "../../response/task-view.ts";
import { router } from "../../router.ts";

const replayRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/webhooks/{webhook_id}/replay",
  tags: ["Tasks"],
  summary: "Send a webhook again",
  description:
    "Sends a finished webhook again, with the same `webhook-id` and body and a full set of attempts. A pending webhook " +
    "cannot be replayed. The task's `webhooks` show the result.",
  request: {
    params: taskPath.extend({
      webhook_id: z
        .string()
        .max(100)
        .openapi({ param: { name: "webhook_id", in: "path" }, example: "msg_2b7c0f6d3a5e4f1c9d8e7a6b5c4d3e2f" }),
    }),
  },
  responses: {
    200: jsonResponse(successSchema(taskDataSchema), "The webhook is being sent. The current data of the task."),
    ...errorResponses(400, 404, 409),
  },
});

const EVENT_SUMMARIES: Record<WebhookType, string> = {
  "task.started": "Work on a task began, or began again after a retry.",
  "task.succeeded": "A task succeeded and its videos are ready.",
  "task.failed": "A task failed; `data.error` and `data.failure` say why.",
  "task.cancelled": "A task was cancelled on request.",
};

const signatureHeaders = z.object({
  "webhook-id": z.string().openapi({
    description: "The same for all attempts at one event. Use it to detect repeated deliveries.",
  }),
  "webhook-timestamp": z.string().openapi({ description: "Time of this attempt in Unix seconds." }),
  "webhook-signature": z.string().openapi({
    description: "A signature (HMAC-SHA256) for each secret, separated by spaces.",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

/**
 * Documents the webhooks that are sent to a `callback_url`.
 *
 * @param registry of the whole API. The registry of a mounted router would put a slash in front of the webhooks' names.
 */
export function describeWebhooks(registry: OpenAPIHono<AppEnv>["openAPIRegistry"]): void {
  for (const type of webhookTypes) {
    registry.registerWebhook({
      method: "post",
      path: type,
      tags: ["Webhooks"],
      summary: EVENT_SUMMARIES[type],
      description: "Sent to the task's `callback_url`, signed as the Standard Webhooks specification says.",
      request: {
        headers: signatureHeaders,
        body: {
          content: { "application/json": { schema: webhookPayloadSchema.extend({ type: z.literal(type) }) } },
        },
      },
      responses: {
        "2XX": { description: "The webhook is delivered." },
        410: { description: "The receiver wants no more webhooks of this task. The service stops sending them." },
        default: {
          description: "The delivery failed. It is repeated with growing delays, and not before `Retry-After`.",
        },
      },
    });
  }
}

/** `/api/v1/tasks/{task_id}/webhooks` */
export function taskWebhookRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openapi(replayRoute, async (context) => {
    const { task_id, webhook_id } = context.req.valid("param");
    const task = await replayWebhook(context.env, task_id, webhook_id, ownerOf(context));
    return context.json(success(await viewTask(context, task)), 200);
  });
  return routes;
}
