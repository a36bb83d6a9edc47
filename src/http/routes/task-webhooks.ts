import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { taskDataSchema } from "../../api/task.ts";
import { type WebhookType, webhookTypes } from "../../api/webhook-log.ts";
import { webhookPayloadSchema } from "../../api/webhook-payload.ts";
import { replayWebhook } from "../../tasks/steer-task.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { jsonResponse, errorResponses } from "../openapi-responses.ts";
import { taskPath } from "../request/task-path.ts";
import { success, successSchema } from "../response/envelope.ts";
import { viewTask } from "../response/task-view.ts";
import { router } from "../router.ts";

const replayRoute = createRoute({
  method: "post",
  path: "/api/v1/tasks/{task_id}/webhooks/{webhook_id}/replay",
  tags: ["Tasks"],
  summary: "Send a webhook again",
  description:
    "With the same `webhook-id` and body, and all attempts before it again, whatever became of it. Refused while it is " +
    "still to be sent. The task's `webhooks` say what comes of it.",
  request: {
    params: taskPath.extend({
      webhook_id: z
        .string()
        .max(100)
        .openapi({ param: { name: "webhook_id", in: "path" }, example: "msg_2b7c0f6d3a5e4f1c9d8e7a6b5c4d3e2f" }),
    }),
  },
  responses: {
    200: jsonResponse(successSchema(taskDataSchema), "It is on its way; the task as it is now."),
    ...errorResponses(400, 404, 409),
  },
});

const MEANINGS: Record<WebhookType, string> = {
  "task.started": "The work on a task was begun, or taken up again by a retry.",
  "task.succeeded": "A task succeeded: its videos are there.",
  "task.failed": "A task failed: `data.error` says why.",
  "task.cancelled": "A task was cancelled on request.",
};

const signatureHeaders = z.object({
  "webhook-id": z.string().openapi({ description: "The same for all attempts: what to know a repeated delivery by." }),
  "webhook-timestamp": z.string().openapi({ description: "When this attempt was made, in Unix seconds." }),
  "webhook-signature": z.string().openapi({
    description: "One signature by each secret (HMAC-SHA256), with spaces between.",
    example: "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
  }),
});

/** Describes what is sent to a `callback_url`. To the registry of the whole API: one below it would put a slash before their names. */
export function describeWebhooks(registry: OpenAPIHono<AppEnv>["openAPIRegistry"]): void {
  for (const type of webhookTypes) {
    registry.registerWebhook({
      method: "post",
      path: type,
      tags: ["Webhooks"],
      summary: MEANINGS[type],
      description: "Sent to the task's `callback_url`, signed by the Standard Webhooks specification.",
      request: {
        headers: signatureHeaders,
        body: {
          content: { "application/json": { schema: webhookPayloadSchema.extend({ type: z.literal(type) }) } },
        },
      },
      responses: {
        "2XX": { description: "Taken." },
        410: { description: "Nothing more is wanted: no other webhook of the task is sent." },
        default: { description: "Not taken: it is sent again, later and later, not before `Retry-After`." },
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
