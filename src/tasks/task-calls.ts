import type { Stage } from "../api/task-state.ts";
import type { TaskSummary } from "../db/task-summary.ts";
import type { AvoidedRenderer, TaskInput } from "../protocol/task-input.ts";
import type { Authored, Work } from "../protocol/task-jobs.ts";

/** What callers of a TaskObject send and receive. */

/** Identifies one run of a job, within one plan of its task. */
export interface Ticket {
  /** The plan: see TaskRecord.generation. */
  generation: number;
  /** The number of the run, from 1. */
  run: number;
}

/** The answer to a consumer that took a message. `drop`: another consumer has or had the job. `gone`: the task was deleted. */
export type Claim =
  | { status: "run"; work: Work; ticket: Ticket; owner: string }
  | { status: "drop" }
  | { status: "gone" };

/** Whether the result of a run is still wanted. If it is `gone`, the consumer removes what it wrote. */
export type Acknowledgement = "ok" | "gone";

/** Whether an idempotency key has created a task: not yet, by the same request, by another one, or a task that was deleted. */
export type Creation = "unknown" | "same" | "other" | "deleted";

/** The result of cancelling or retrying a task. `refused`: impossible in the stage that the task is in. */
export type Steering = { status: "done"; task: TaskSummary } | { status: "refused"; stage: Stage } | { status: "gone" };

/** The result of replaying a webhook. `pending`: it has not been delivered yet. `unknown`: there is no such webhook. */
export type Replay = { status: "done"; task: TaskSummary } | { status: "pending" | "unknown" | "gone" };

/** What a plan is made from. */
export interface PlanInput extends TaskInput {
  owner: string;
  /** Speech providers that failed and must not be chosen again. */
  avoidedVoices: string[];
  /** How often the task was started: see TaskRecord.attempts. */
  attempts: number;
  /** What the write job decided; null before it has ended, or without one. */
  authored: Authored | null;
  /** Renderers that did not answer and must not be chosen again. */
  avoided: AvoidedRenderer[];
}
