import { z } from "@hono/zod-openapi";
import { type Delivery, deliveryStates } from "./delivery.ts";
import { webhookTypes } from "./events.ts";

/** A webhook as the task's data shows it. */
export const webhookLogSchema = z
  .object({
    id: z
      .string()
      .openapi({ description: "The header `webhook-id`.", example: "msg_2b7c0f6d3a5e4f1c9d8e7a6b5c4d3e2f" }),
    type: z.enum(webhookTypes),
    state: z.enum(deliveryStates).openapi({
      description:
        "`pending`: to be sent, again where it failed; `delivered`: answered with 2xx; `failed`: given up after the last " +
        "attempt; `stopped`: the receiver answered 410 Gone, to it or one before it.",
    }),
    attempts: z.number().int(),
    last_status: z
      .number()
      .int()
      .nullable()
      .openapi({ description: "HTTP status of the last answer, if there was one." }),
    last_error: z.string().nullable().openapi({ description: "Why the last attempt failed." }),
    next_attempt_at: z.iso.datetime().nullable(),
    delivered_at: z.iso.datetime().nullable(),
    created_at: z.iso.datetime(),
  })
  .openapi("WebhookDelivery");
export type WebhookLog = z.infer<typeof webhookLogSchema>;

/** The shown form of a delivery. */
export function describeDelivery(delivery: Delivery): WebhookLog {
  const { id, type, state, attempts, lastStatus, lastError, nextAttemptAt, deliveredAt, createdAt } = delivery;
  return {
    ...{ id, type, state, attempts, last_status: lastStatus, last_error: lastError },
    next_attempt_at: isoTime(nextAttemptAt),
    delivered_at: isoTime(deliveredAt),
    created_at: new Date(createdAt).toISOString(),
  };
}

function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
