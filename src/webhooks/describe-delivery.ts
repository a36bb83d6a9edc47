import type { WebhookLog } from "../api/webhooks/webhook-log.ts";
import type { Delivery } from "./delivery.ts";

/** A delivery as the task's field `webhooks` shows it. */
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
