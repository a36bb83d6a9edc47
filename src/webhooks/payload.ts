import { z } from "@hono/zod-openapi";
import { type TaskSummary, taskData, taskDataSchema } from "../tasks/task-data.ts";
import type { TaskLinks } from "../tasks/task-links.ts";
import { type WebhookType, webhookTypes } from "./events.ts";

/** The body of a webhook. */
export const webhookPayloadSchema = z.object({
  type: z.enum(webhookTypes),
  timestamp: z.iso.datetime().openapi({ description: "When it happened, however late it is delivered." }),
  data: taskDataSchema.openapi({ description: "The task as it was then, without the log of its webhooks." }),
});

/**
 * Writes the body of a webhook, once for all attempts.
 *
 * @param links its addresses, good for as long as they last.
 */
export function webhookPayload(type: WebhookType, task: TaskSummary, links: TaskLinks, time: Date): string {
  const payload: z.infer<typeof webhookPayloadSchema> = {
    type,
    timestamp: time.toISOString(),
    data: taskData(task, links),
  };
  return JSON.stringify(payload);
}
