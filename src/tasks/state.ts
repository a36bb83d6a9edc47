/** The life of a task and of its jobs, as pure rules. Times in Unix milliseconds. */

/** Where a task is. The last three are final; the last two can be left by a retry. */
export const stages = ["queued", "planning", "rendering", "assembling", "succeeded", "failed", "cancelled"] as const;
export type Stage = (typeof stages)[number];

/** Why a task failed, or that it was cancelled. */
export interface TaskError {
  code: string;
  /** Where it happened. */
  stage: Stage;
  message: string;
  /** Whether the same request may succeed when the task is retried. */
  retryable: boolean;
}

/** The contract's number for a stage: 4 processing, 1 success, -1 failed. */
export function stateCode(stage: Stage): 4 | 1 | -1 {
  if (stage === "succeeded") return 1;
  return canRetry(stage) ? -1 : 4;
}

/** Whether a task that has ended may be taken up again: one that succeeded has nothing left to do. */
export function canRetry(stage: Stage): boolean {
  return stage === "failed" || stage === "cancelled";
}

/**
 * Where a retried task goes on: planning is begun anew where there is no plan, and else what was
 * finished stays so.
 *
 * @param left jobs that are not done, by phase; null where there is no plan.
 */
export function stageAfterRetry(left: { rendersLeft: number } | null): Stage {
  if (!left) return "queued";
  return left.rendersLeft > 0 ? "rendering" : "assembling";
}

/** Whether a task's work is over, until it is retried. */
export function isFinal(stage: Stage): boolean {
  return stateCode(stage) !== 4;
}

/**
 * Whether a task's work may take it from one stage to another: forwards, to failed and cancelled from
 * any that is not final, and back to planning when its renderer is given up for another.
 */
export function canMove(from: Stage, to: Stage): boolean {
  if (isFinal(from) || from === to) return false;
  return to === "failed" || to === "planning" || stages.indexOf(to) > stages.indexOf(from);
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

/** What was done of a task's work since it was last begun or taken up again. */
export interface WorkPace {
  /** Since when, in Unix milliseconds. */
  since: number;
  /** Weight of what was finished by then, what is now, and all of it. */
  before: number;
  finished: number;
  total: number;
}

/**
 * Seconds until a task is done if the rest goes at the pace so far; null where nothing was finished
 * yet, since then nothing is known.
 */
export function etaSeconds({ since, before, finished, total }: WorkPace, now: number): number | null {
  const done = finished - before;
  if (done <= 0) return null;
  return Math.ceil((Math.max(0, now - since) * (total - finished)) / done / 1000);
}

/** How long a running job may be silent. Its consumer renews the lease several times within it. */
export const RUN_LEASE = 16_000;
/** How long a run may take at all: twelve of the embedded renderer's longest, since two batches are rendered one by one. */
export const RUN_LIMIT = 60 * 60_000;
/** How often a consumer says that it is still at work, and asks whether the task is still wanted. */
export const HEARTBEAT = 4_000;
/** Most copies of a message sent without any consumer taking it: two hours of a queue that stands still or loses them. */
export const MAX_SENDS = 18;

/**
 * How long to wait for a consumer to take the message of a job before it is asked what became of it.
 *
 * @param sends how often it was sent so far, from 1.
 */
export function sendLease(sends: number): number {
  return Math.min(10_000 * 2 ** (sends - 1), 600_000);
}

/** What is known of the newest message of a job that no consumer took yet. Unix milliseconds. */
export interface SentMessage {
  /** From when it may be taken. */
  sentAt: number;
  /** When the oldest message was sent that the queue had at the last look; null before the first. */
  head: number | null;
}

/** How much later than a task's clock the queue's may be, in milliseconds. */
const QUEUE_CLOCK_MARGIN = 5_000;

/**
 * What became of a message that was not taken in time. `waits`: the queue has older ones before it, and
 * gets on. `stands`: it may still be there, but the queue has not got on since the last look. `lost`: the
 * queue has nothing as old.
 *
 * @param head when the oldest message was sent that the queue has now; null where it has none.
 */
export function fateOf({ sentAt, head: before }: SentMessage, head: number | null): "waits" | "stands" | "lost" {
  if (head === null || head > sentAt + QUEUE_CLOCK_MARGIN) return "lost";
  return before !== null && head <= before ? "stands" : "waits";
}

/** How long after a look at a queue that gets on to look again: what is far behind is not asked often. */
export function waitLease({ sentAt }: SentMessage, now: number): number {
  return Math.min(Math.max(now - sentAt, 30_000), 600_000);
}

/** A failed run, as the consumer tells it. */
export interface RunFailure {
  code: string;
  message: string;
  /**
   * What to make of it. `fatal`: the same job would fail again. `fault`: another run may succeed.
   * `unreachable`: the renderer did not answer, or was lost; the job was never at fault. `busy`: the
   * renderer answered that it has no room.
   */
  kind: "fatal" | "fault" | "unreachable" | "busy";
}

/** How often a job did not succeed, by what was to blame. */
export interface Setbacks {
  /** Runs that failed, or were begun and never heard of again. */
  faults: number;
  /** Times that the renderer was not reached. */
  unreachable: number;
  /** Times that the renderer had no room. */
  busy: number;
}

export const noSetbacks: Setbacks = { faults: 0, unreachable: 0, busy: 0 };

/**
 * How many of each a job may have before it is given up. Faults: with the waits between, storage that
 * is away for two minutes. Busy: about two hours of a full renderer.
 *
 * @param rendererTries how often a renderer that does not answer is asked.
 */
export function mostSetbacks(rendererTries: number): Setbacks {
  return { faults: 8, unreachable: rendererTries, busy: 250 };
}

/** The longest wait before another run, in seconds, by what was to blame. */
const LONGEST_DELAY: Setbacks = { faults: 60, unreachable: 60, busy: 30 };

/** Whether a task that ended with this failure may succeed when it is retried. */
export function isRetryable({ code, kind }: Pick<RunFailure, "code" | "kind">): boolean {
  // Another run at once is of no use without a renderer; a task taken up later may find one.
  return kind !== "fatal" || code === "renderer_unavailable";
}

export type RetryDecision = { retry: true; delaySeconds: number } | { retry: false };

/** Which count a failure goes to; null for one that no other run can mend. */
export function setbackOf(failure: Pick<RunFailure, "kind">): keyof Setbacks | null {
  switch (failure.kind) {
    case "fatal":
      return null;
    case "fault":
      return "faults";
    case "unreachable":
    case "busy":
      return failure.kind;
  }
}

/**
 * Whether a job is run again after a setback, and after how long: 1, 2, 4 … seconds, up to half as
 * much again by `jitter` (0 to 1).
 *
 * @param setback what was to blame, or null where another run cannot help.
 * @param setbacks with this one counted.
 * @param most how many the job may have.
 */
export function decideRetry(
  setback: keyof Setbacks | null,
  setbacks: Setbacks,
  most: Setbacks,
  jitter: number,
): RetryDecision {
  if (setback === null || setbacks[setback] >= most[setback]) return { retry: false };
  const delay = Math.min(2 ** (setbacks[setback] - 1), LONGEST_DELAY[setback]);
  return { retry: true, delaySeconds: Math.round(delay * (1 + jitter / 2)) };
}
