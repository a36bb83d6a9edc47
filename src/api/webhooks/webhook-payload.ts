import { z } from "zod";
import { taskDataSchema } from "../task.ts";
import { webhookTypes } from "./webhook-log.ts";

/** The body of a webhook. */
export const webhookPayloadSchema = z.object({
  type: z.enum(webhookTypes),
  timestamp: z.iso.datetime().meta({ description: "When the event happened. The delivery can be much later." }),
  data: taskDataSchema.meta({ description: "The task at the time of the event, without its `webhooks`." }),
});
export type WebhookPayload = z.infer<typeof webhookPayloadSchema>;
