import type { DeliveryState, WebhookType } from "../api/webhooks/webhook-log.ts";
import { parseHttpDate } from "../util/http-date.ts";

/** The states of a webhook delivery and the rules for its attempts, as pure functions. Times in Unix milliseconds. */

/** The delivery of one event to the task's `callback_url`. */
export interface Delivery {
  /** The header `webhook-id`, the same for all attempts. */
  id: string;
  type: WebhookType;
  state: DeliveryState;
  /** Number of attempts, including those before a replay. */
  attempts: number;
  /** Number of attempts since the event, or since the last replay. */
  tries: number;
  /** HTTP status of the last attempt; null if it got no answer. */
  lastStatus: number | null;
  lastError: string | null;
  lastAttemptAt: number | null;
  /** Null unless pending. */
  nextAttemptAt: number | null;
  deliveredAt: number | null;
  createdAt: number;
}

/** Max duration of one attempt, from the DNS lookup to the status of the answer. */
export const ATTEMPT_TIMEOUT_MS = 15_000;
/** How long after its start an attempt without an outcome is repeated. */
const ATTEMPT_DEADLINE_MS = 2 * ATTEMPT_TIMEOUT_MS;
/** The longest wait that a receiver can ask for with `Retry-After`. */
const MAX_RETRY_AFTER_MS = 6 * 3600_000;
/** Max random extra of a wait, as a share of it, so that many tasks do not call a receiver at the same moment. */
const MAX_JITTER = 0.2;
/** Max characters of a stored error. */
const MAX_ERROR_LENGTH = 300;

/** The outcome of an attempt. */
export type Outcome =
  | { kind: "answered"; status: number; retryAfter: string | null }
  | { kind: "unanswered"; reason: string };

/**
 * A new delivery, due at once.
 *
 * @param unwanted whether the receiver answered 410 Gone before; the delivery is then stopped at once.
 */
export function newDelivery(id: string, type: WebhookType, now: number, unwanted: boolean): Delivery {
  return {
    ...{ id, type, attempts: 0, tries: 0, lastStatus: null, lastAttemptAt: null, deliveredAt: null, createdAt: now },
    ...(unwanted
      ? { state: "stopped", nextAttemptAt: null, lastError: "not sent: the receiver answered 410 Gone before" }
      : { state: "pending", nextAttemptAt: now, lastError: null }),
  };
}

/** The delivery with one more attempt, which starts now. It is counted at once because its outcome may never be known. */
export function beginAttempt(delivery: Delivery, now: number): Delivery {
  const { attempts, tries } = delivery;
  const begun = { attempts: attempts + 1, tries: tries + 1, lastAttemptAt: now };
  return { ...delivery, ...begun, nextAttemptAt: now + ATTEMPT_DEADLINE_MS };
}

/**
 * The delivery after an attempt.
 *
 * @param delays the wait after each failed attempt except the last, in seconds.
 * @param jitter how much of the random extra to add to the wait, 0 to 1.
 */
export function concludeAttempt(
  delivery: Delivery,
  outcome: Outcome,
  now: number,
  delays: readonly number[],
  jitter: number,
): Delivery {
  const lastStatus = outcome.kind === "answered" ? outcome.status : null;
  const known: Delivery = { ...delivery, lastStatus, lastError: failureOf(outcome), nextAttemptAt: null };
  if (known.lastError === null) return { ...known, state: "delivered", deliveredAt: now };
  if (lastStatus === 410) return { ...known, state: "stopped" };
  const delay = delays[delivery.tries - 1];
  if (delay === undefined) return { ...known, state: "failed" };
  const wait = delay * 1000 * (1 + MAX_JITTER * jitter);
  const asked = outcome.kind === "answered" ? readRetryAfter(outcome.retryAfter, now) : 0;
  return { ...known, nextAttemptAt: Math.round(now + Math.max(wait, asked)) };
}

/** A finished delivery, made pending again with the same id and a full set of attempts. */
export function replayed(delivery: Delivery, now: number): Delivery {
  return { ...delivery, state: "pending", tries: 0, nextAttemptAt: now };
}

/** Why an attempt failed; null if the receiver answered with 2xx. */
function failureOf(outcome: Outcome): string | null {
  if (outcome.kind === "unanswered") return outcome.reason.slice(0, MAX_ERROR_LENGTH);
  const { status } = outcome;
  if (status >= 200 && status < 300) return null;
  if (status === 410) return "the receiver answered 410 Gone, so no more webhooks are sent";
  if (status >= 300 && status < 400) return `the receiver answered ${status}: redirects are not followed`;
  return `the receiver answered ${status}`;
}

/** `Retry-After` (RFC 9110 §10.2.3) in milliseconds from now, limited to the max; 0 if missing or invalid. */
function readRetryAfter(value: string | null, now: number): number {
  const text = value?.trim() ?? "";
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : (parseHttpDate(text, now) ?? now) - now;
  return Math.min(Math.max(0, wait), MAX_RETRY_AFTER_MS);
}
