import { z } from "zod";
import { taskDataSchema } from "./task.ts";
import { webhookTypes } from "./webhook-log.ts";

/** The body of a webhook. */
export const webhookPayloadSchema = z.object({
  type: z.enum(webhookTypes),
  timestamp: z.iso.datetime().meta({ description: "When the event happened, however late it is delivered." }),
  data: taskDataSchema.meta({ description: "The task at that time, without its `webhooks`." }),
});
export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;
