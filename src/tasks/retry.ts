import { CodedError, isTaskErrorCode, type Rerun, type TaskErrorCode } from "../api/errors.ts";
import type { TaskFailure } from "../api/task-failure.ts";
import { authorFailureCodes } from "../protocol/author.ts";
import { messageOf } from "../util/log.ts";

/**
 * The retry policy of jobs, with all of its numbers. Times in Unix milliseconds, durations in milliseconds
 * unless the name says otherwise. Which errors are worth another run is in api/errors.ts.
 *
 * - A job goes to a queue. If no consumer takes its message within {@link sendLease}, the TaskObject asks the
 *   queue and sends a copy when the message is lost, at most {@link MAX_SENDS} times.
 * - A consumer that takes the job holds a lease of {@link RUN_LEASE_MS} and renews it every {@link HEARTBEAT_MS}.
 *   A run whose lease expires counts as failed.
 * - A failed run is repeated after {@link decideRetry}'s delay, at most {@link maxSetbacks} times.
 */

/** How long a running job may stay silent. Its consumer renews the lease several times within this time. */
export const RUN_LEASE_MS = 16_000;
/** How often a consumer renews its lease, and learns whether the task is still wanted. */
export const HEARTBEAT_MS = 4_000;
/** The longest time that a run may take: twelve of the embedded renderer's longest runs, since it renders one at a time. */
export const RUN_LIMIT_MS = 60 * 60_000;
/** Max copies of a message that no consumer took. With the waits between them this is two hours. */
export const MAX_SENDS = 18;
/** The longest wait for a message to be taken, and the longest time between two looks at its queue. */
const MAX_SEND_LEASE_MS = 600_000;
/** The shortest time between two looks at the queue of a message that still waits. */
const MIN_WAIT_LEASE_MS = 30_000;
/** How far the queue's clock may be ahead of the task's. */
const QUEUE_CLOCK_SKEW_MS = 5_000;
/** The shortest time between two writes of a task's progress to D1. */
export const LISTING_INTERVAL_MS = 1_000;
/** How long to wait after a failed write to D1 or R2 before trying again. */
export const STORAGE_RETRY_MS = 5_000;

/**
 * How long a consumer has to take a job's message before the TaskObject asks the queue what became of it.
 *
 * @param sends how often the message was sent so far, from 1.
 */
export function sendLease(sends: number): number {
  return Math.min(10_000 * 2 ** (sends - 1), MAX_SEND_LEASE_MS);
}

/** The longest delay before the queue delivers a message again that a consumer could not handle, in seconds. */
const MAX_MESSAGE_RETRY_SECONDS = 60;

/**
 * The delay before the queue delivers a message again that a consumer could not handle, in seconds.
 *
 * @param attempts how often the message was delivered so far, from 1.
 */
export function messageRetrySeconds(attempts: number): number {
  return Math.min(2 ** attempts, MAX_MESSAGE_RETRY_SECONDS);
}

/** The newest message of a job that no consumer has taken yet. */
export interface SentMessage {
  /** The earliest time at which a consumer may take it. */
  sentAt: number;
  /** When the queue's oldest message had been sent, as seen at the last look; null before the first look. */
  head: number | null;
}

/**
 * What became of a message that no consumer took in time. `waits`: older messages are ahead of it and the
 * queue moves on. `stands`: it may still be there, but the queue has not moved since the last look. `lost`:
 * every message of the queue is newer.
 *
 * @param head when the queue's oldest message was sent; null if the queue is empty.
 */
export function fateOf({ sentAt, head: before }: SentMessage, head: number | null): "waits" | "stands" | "lost" {
  if (head === null || head > sentAt + QUEUE_CLOCK_SKEW_MS) return "lost";
  return before !== null && head <= before ? "stands" : "waits";
}

/** How long to wait before the next look at the queue of a message that waits: the older the message, the longer. */
export function waitLease({ sentAt }: SentMessage, now: number): number {
  return Math.min(Math.max(now - sentAt, MIN_WAIT_LEASE_MS), MAX_SEND_LEASE_MS);
}

/** A failed run, as the consumer reports it to the TaskObject. */
export interface RunFailure {
  code: TaskErrorCode;
  message: string;
  rerun: Rerun;
  /** Whether a retry of the task may succeed without any change. */
  retryable: boolean;
  /** The shortest wait before another run, in seconds, as a provider's `Retry-After` says; null if unknown. */
  retryAfterSeconds?: number | null;
  /** The part of the stage that failed, if the stage does not tell. */
  part?: TaskFailure["part"];
}

/** An error of a part of a stage. */
export class PartError extends CodedError {
  override name = "PartError";
  readonly part: NonNullable<TaskFailure["part"]>;

  constructor(part: NonNullable<TaskFailure["part"]>, cause: CodedError) {
    const { code, message, retryable, rerun, retryAfterSeconds } = cause;
    super(code, message, { retryable, rerun, retryAfterSeconds, cause });
    this.part = part;
  }
}

/** The report on a run that ended with this error. Errors without a task's code become `internal_error`. */
export function runFailureOf(error: unknown): RunFailure {
  const message = messageOf(error);
  if (error instanceof CodedError && isTaskErrorCode(error.code)) {
    const { code, rerun, retryable, retryAfterSeconds } = error;
    const part = error instanceof PartError ? { part: error.part } : {};
    return { code, message, rerun, retryable, retryAfterSeconds, ...part };
  }
  const { rerun, retryable } = new CodedError("internal_error", message);
  return { code: "internal_error", message, rerun, retryable };
}

/** How many runs of a job did not succeed, by cause. */
export interface Setbacks {
  /** Runs that failed, or that started and never reported back. */
  faults: number;
  /** Runs in which the renderer did not answer. */
  unreachable: number;
  /** Runs in which the renderer had no free slot. */
  busy: number;
}

export const noSetbacks: Setbacks = { faults: 0, unreachable: 0, busy: 0 };

const MAX_FAULTS = 8;

/**
 * How many setbacks of each kind a job may have before it is given up. With the delays between the runs,
 * 8 faults are two minutes without storage, and 250 times busy are about two hours.
 *
 * @param tries how often a renderer that does not answer, and a provider that fails, are asked.
 * @param code what the run failed with; null if it never reported back.
 */
export function maxSetbacks(
  { RENDERER_TRIES, PROVIDER_TRIES }: { RENDERER_TRIES: number; PROVIDER_TRIES: number },
  code: TaskErrorCode | null = null,
): Setbacks {
  const isProvider = code !== null && (authorFailureCodes as readonly TaskErrorCode[]).includes(code);
  const faults = isProvider ? Math.min(MAX_FAULTS, PROVIDER_TRIES) : MAX_FAULTS;
  return { faults, unreachable: RENDERER_TRIES, busy: 250 };
}

/** A provider that asks for a longer wait, in seconds, is not asked again. */
const MAX_RETRY_AFTER_SECONDS = 600;

/** The longest delay before another run, in seconds. */
const MAX_DELAY_SECONDS: Setbacks = { faults: 60, unreachable: 60, busy: 30 };

/** The counter that a failed run adds to; null if no other run can help. */
export function setbackOf({ rerun }: Pick<RunFailure, "rerun">): keyof Setbacks | null {
  switch (rerun) {
    case "never":
      return null;
    case "soon":
      return "faults";
    case "renderer_away":
      return "unreachable";
    case "renderer_full":
      return "busy";
  }
}

export type RetryDecision = { retry: true; delaySeconds: number } | { retry: false };

/**
 * Whether to run a job again after a setback, and after which delay: 1, 2, 4 … seconds, plus up to half as
 * much again.
 *
 * @param setback what the run failed of; null if no other run can help.
 * @param setbacks the job's setbacks, this one included.
 * @param max how many the job may have.
 * @param jitter 0 to 1.
 * @param retryAfter the shortest delay that a provider asks for, in seconds; null if it asks for none.
 */
export function decideRetry(
  setback: keyof Setbacks | null,
  setbacks: Setbacks,
  max: Setbacks,
  jitter: number,
  retryAfter: number | null = null,
): RetryDecision {
  if (retryAfter !== null && retryAfter > MAX_RETRY_AFTER_SECONDS) return { retry: false };
  if (setback === null || setbacks[setback] >= max[setback]) return { retry: false };
  const delay = Math.min(2 ** (setbacks[setback] - 1), MAX_DELAY_SECONDS[setback]);
  const delaySeconds = Math.round(delay * (1 + jitter / 2));
  return { retry: true, delaySeconds: Math.max(delaySeconds, Math.ceil(retryAfter ?? 0)) };
}
