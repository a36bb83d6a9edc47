import { isFinal, type Stage } from "../api/task-state.ts";
import type { WebhookType } from "../api/webhooks/webhook-log.ts";

/**
 * The webhook to send for a change of stage; null for none. `task.started` is sent when work begins, also after
 * a retry, but not when the task is planned again for another renderer.
 */
export function webhookTypeOf(from: Stage, to: Stage): WebhookType | null {
  if (from === to) return null;
  switch (to) {
    case "succeeded":
    case "failed":
    case "cancelled":
      return `task.${to}`;
    case "queued":
      return null;
    case "writing":
    case "speaking":
    case "gathering":
    case "planning":
    case "rendering":
    case "assembling":
      return from === "queued" || isFinal(from) ? "task.started" : null;
  }
}
