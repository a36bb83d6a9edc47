import { z } from "zod";

/** The events of a task that the service sends to the task's `callback_url`. */
export const webhookTypes = ["task.started", "task.succeeded", "task.failed", "task.cancelled"] as const;
export type WebhookType = (typeof webhookTypes)[number];

/**
 * The states of a webhook's delivery. `pending`: waits for its first or next attempt. `delivered`: the receiver
 * answered with 2xx. `failed`: the last attempt failed. `stopped`: the receiver answered 410 Gone.
 */
export const deliveryStates = ["pending", "delivered", "failed", "stopped"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** A webhook and its delivery, as a task's data shows it. */
export const webhookLogSchema = z
  .object({
    id: z.string().meta({ description: "The header `webhook-id`.", example: "msg_2b7c0f6d3a5e4f1c9d8e7a6b5c4d3e2f" }),
    type: z.enum(webhookTypes),
    state: z.enum(deliveryStates).meta({
      description:
        "`pending`: waits for its first or next attempt; `delivered`: the receiver answered with 2xx; `failed`: the last " +
        "attempt failed; `stopped`: the receiver answered 410 Gone to this or an earlier webhook.",
    }),
    attempts: z.number().int(),
    last_status: z
      .number()
      .int()
      .nullable()
      .meta({ description: "HTTP status of the response to the last attempt; null without a response." }),
    last_error: z
      .string()
      .nullable()
      .meta({ description: "Why the last attempt failed or was not made; null if there is no error." }),
    next_attempt_at: z.iso.datetime().nullable(),
    delivered_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: "WebhookDelivery" });
export type WebhookLog = z.infer<typeof webhookLogSchema>;
