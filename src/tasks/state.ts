/** The life of a task and of its jobs, as pure rules. Times in Unix milliseconds. */

/** Where a task is. The last two are final. */
export const stages = ["queued", "planning", "rendering", "assembling", "succeeded", "failed"] as const;
export type Stage = (typeof stages)[number];

/** Why a task failed. */
export interface TaskError {
  code: string;
  /** Where it happened. */
  stage: Stage;
  message: string;
}

/** The contract's number for a stage: 4 processing, 1 success, -1 failed. */
export function stateCode(stage: Stage): 4 | 1 | -1 {
  if (stage === "succeeded") return 1;
  return stage === "failed" ? -1 : 4;
}

/** Whether nothing can happen to a task any more. */
export function isFinal(stage: Stage): boolean {
  return stateCode(stage) !== 4;
}

/** Whether a task may go from one stage to another: forwards only, to failed from any that is not final. */
export function canMove(from: Stage, to: Stage): boolean {
  return !isFinal(from) && (to === "failed" || stages.indexOf(to) > stages.indexOf(from));
}

/** What is known of a task's work. */
export interface WorkCount {
  /** Weight of finished jobs, and of all of them; 0 before there is a plan. */
  finished: number;
  total: number;
}

/** Per cent: 1 once planned, up to 99 with finished work, 100 only for success; never below `before`. */
export function progressOf(stage: Stage, work: WorkCount, before: number): number {
  if (stage === "succeeded") return 100;
  if (work.total <= 0) return before;
  return Math.min(99, Math.max(before, 1 + Math.floor((98 * work.finished) / work.total)));
}

/** How long a running job may be silent. Its consumer renews the lease several times within it. */
export const RUN_LEASE = 30_000;
/** How often a consumer says that it is still at work. */
export const HEARTBEAT = 8_000;
/** Most runs of one job, whatever ended them. */
export const MAX_RUNS = 5;
/** Most copies of a message sent without any consumer taking it: two hours of an idle queue. */
export const MAX_SENDS = 16;

/**
 * How long to wait for a consumer to take the message of a job before it is sent again; grows, since
 * a long queue is no reason to make it longer.
 *
 * @param sends how often it was sent so far, from 1.
 */
export function sendLease(sends: number): number {
  return Math.min(30_000 * 2 ** (sends - 1), 600_000);
}

/** A failed run, as the consumer tells it. */
export interface RunFailure {
  code: string;
  message: string;
  /** Whether the same job may succeed when it is run again. */
  retryable: boolean;
}

export type RetryDecision = { retry: true; delaySeconds: number } | { retry: false };

/**
 * Whether a job that failed is run again, and after how long: 1, 2, 4 … seconds, up to half as much
 * again by `jitter` (0 to 1).
 *
 * @param runs how often it ran, with the one that failed.
 */
export function decideRetry(failure: RunFailure, runs: number, jitter: number): RetryDecision {
  if (!failure.retryable || runs >= MAX_RUNS) return { retry: false };
  return { retry: true, delaySeconds: Math.round(2 ** (runs - 1) * (1 + jitter / 2)) };
}
