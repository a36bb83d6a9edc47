import { isFinal, type Stage } from "../api/task-state.ts";
import type { WebhookType } from "../api/webhook-log.ts";

/**
 * What a change of stage is told as; null for one that is not told. Started: its work is begun, or taken
 * up again by a retry; being planned anew for another renderer is no start.
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
    case "planning":
    case "rendering":
    case "assembling":
      return from === "queued" || isFinal(from) ? "task.started" : null;
  }
}
