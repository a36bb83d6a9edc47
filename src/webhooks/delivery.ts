import type { DeliveryState, WebhookType } from "../api/webhook-log.ts";
import { parseHttpDate } from "../util/http-date.ts";

/** The life of a webhook's delivery, as pure rules. Times in Unix milliseconds. */

/** One event on its way to a receiver. */
export interface Delivery {
  /** The `webhook-id`: one and the same for all attempts. */
  id: string;
  type: WebhookType;
  state: DeliveryState;
  /** Attempts in all. */
  attempts: number;
  /** Attempts since it was made, or asked for again. */
  tries: number;
  /** HTTP status of the last answer; null where there was none. */
  lastStatus: number | null;
  lastError: string | null;
  lastAttemptAt: number | null;
  /** Null unless pending. */
  nextAttemptAt: number | null;
  deliveredAt: number | null;
  createdAt: number;
}

/** How long one attempt may take, in milliseconds: from the look-up of the name to the answer's status. */
export const ATTEMPT_TIMEOUT_MS = 15_000;
/** When an attempt that was begun and never heard of again is made anew. */
const ATTEMPT_DEADLINE_MS = 2 * ATTEMPT_TIMEOUT_MS;
/** The longest wait that a receiver can ask for with `Retry-After`. */
const LONGEST_RETRY_AFTER = 6 * 3600_000;
/** By how much of itself a wait may be longer, so that receivers are not called by many tasks at once. */
const JITTER = 0.2;
/** Longest text kept of what went wrong. */
const MAX_ERROR = 300;

/** What came of an attempt. */
export type Outcome =
  | { kind: "answered"; status: number; retryAfter: string | null }
  | { kind: "unanswered"; reason: string };

/**
 * A new delivery, due at once.
 *
 * @param unwanted the receiver has said before that it wants no more.
 */
export function newDelivery(id: string, type: WebhookType, now: number, unwanted: boolean): Delivery {
  return {
    ...{ id, type, attempts: 0, tries: 0, lastStatus: null, lastAttemptAt: null, deliveredAt: null, createdAt: now },
    ...(unwanted
      ? { state: "stopped", nextAttemptAt: null, lastError: "not sent: the receiver answered 410 Gone before" }
      : { state: "pending", nextAttemptAt: now, lastError: null }),
  };
}

/** The delivery with an attempt begun. Counted now: one that is never heard of again was an attempt too. */
export function beginAttempt(delivery: Delivery, now: number): Delivery {
  const { attempts, tries } = delivery;
  const begun = { attempts: attempts + 1, tries: tries + 1, lastAttemptAt: now };
  return { ...delivery, ...begun, nextAttemptAt: now + ATTEMPT_DEADLINE_MS };
}

/**
 * The delivery after an attempt.
 *
 * @param delays how long to wait after each failed attempt but the last, in seconds.
 * @param jitter 0 to 1.
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
  const wait = delay * 1000 * (1 + JITTER * jitter);
  const asked = outcome.kind === "answered" ? readRetryAfter(outcome.retryAfter, now) : 0;
  return { ...known, nextAttemptAt: Math.round(now + Math.max(wait, asked)) };
}

/** A delivery that is over, to be sent again with the same id; all its attempts are before it again. */
export function replayed(delivery: Delivery, now: number): Delivery {
  return { ...delivery, state: "pending", tries: 0, nextAttemptAt: now };
}

/** What went wrong; null where the receiver has taken it. */
function failureOf(outcome: Outcome): string | null {
  if (outcome.kind === "unanswered") return outcome.reason.slice(0, MAX_ERROR);
  const { status } = outcome;
  if (status >= 200 && status < 300) return null;
  if (status === 410) return "the receiver answered 410 Gone: it wants no more";
  if (status >= 300 && status < 400) return `the receiver answered ${status}: redirects are not followed`;
  return `the receiver answered ${status}`;
}

/** `Retry-After` (RFC 9110 §10.2.3) as milliseconds from now, within bounds; 0 where there is none. */
function readRetryAfter(value: string | null, now: number): number {
  const text = value?.trim() ?? "";
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : (parseHttpDate(text, now) ?? now) - now;
  return Math.min(Math.max(0, wait), LONGEST_RETRY_AFTER);
}
