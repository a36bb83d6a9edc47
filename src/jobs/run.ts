import type { Env } from "../env.ts";
import type { Work } from "../protocol/task-jobs.ts";
import type { TaskObject } from "../tasks/object/task-object.ts";
import type { Ticket } from "../tasks/task-calls.ts";

/** One run of a job. */
export interface Run<W extends Work = Work> {
  env: Env;
  taskId: string;
  /** The owner of the task. */
  owner: string;
  jobId: string;
  /** Proves to the TaskObject that this run is the current one. */
  ticket: Ticket;
  work: W;
  task: DurableObjectStub<TaskObject>;
  /** Aborted when the result is no longer wanted, or the run takes too long. */
  signal: AbortSignal;
  /** Called when a renderer has accepted the job; at once for jobs without a renderer. */
  accepted: () => void;
}
