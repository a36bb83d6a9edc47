import type { Stage } from "../api/task-state.ts";
import type { TaskSummary } from "../db/task-summary.ts";
import type { AvoidedRenderer, TaskInput } from "../protocol/task-input.ts";
import type { Work } from "../protocol/task-jobs.ts";

/** What a TaskObject and its callers say to each other. */

/** Names one run of a job, of one plan of its task. */
export interface Ticket {
  generation: number;
  run: number;
}

/** What a consumer that took a message has to do. `drop`: nothing, somebody else has or had the job. */
export type Claim = { status: "run"; work: Work; ticket: Ticket } | { status: "drop" } | { status: "gone" };

/** Whether the task is still there; work for one that is gone is dropped and its objects removed. */
export type Acknowledgement = "ok" | "gone";

/** Whether a task was made, and whether by the same request as the one at hand. */
export type Creation = "unknown" | "same" | "other" | "deleted";

/** What became of a wish to cancel or retry a task. `refused`: not in the stage that it is in. */
export type Steering = { status: "done"; task: TaskSummary } | { status: "refused"; stage: Stage } | { status: "gone" };

/** What became of a wish to send a webhook again. `pending`: it is still to be sent; `unknown`: there is no such one. */
export type Replay = { status: "done"; task: TaskSummary } | { status: "pending" | "unknown" | "gone" };

/** What a plan is made from. */
export interface PlanInput extends TaskInput {
  /** Renderers that were tried and did not answer. */
  avoided: AvoidedRenderer[];
}
