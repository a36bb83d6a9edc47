import { CodedError } from "../api/errors.ts";
import { canRetry } from "../api/task-state.ts";
import { taskQuota, tooManyTasks } from "../auth/quota.ts";
import { TaskCatalog } from "../db/task-catalog.ts";
import type { TaskSummary } from "../db/task-summary.ts";
import type { TaskBindings } from "./bindings.ts";
import type { Steering } from "./task-calls.ts";
import { noTask } from "./view/viewed-task.ts";

/** What an owner can do to a task that exists. All of these throw `not_found` for a task that the owner does not have. */

/**
 * Stops a task within seconds and keeps its finished segments. Cancelling a cancelled task changes nothing.
 *
 * @throws CodedError `not_found`; `conflict` for a task that has succeeded or failed.
 */
export async function cancelTask({ TASKS }: TaskBindings, id: string, owner: string): Promise<TaskSummary> {
  return taskAfter(id, await TASKS.getByName(id).cancel(owner), "cancelled");
}

/**
 * Resumes a failed or cancelled task where it stopped. The owner's quota is counted and not reserved, so
 * retries at the same moment may exceed it.
 *
 * @throws CodedError `not_found`; `conflict` for a task in any other stage.
 * @throws QuotaError if the owner has too many tasks in flight.
 */
export async function retryTask(
  env: TaskBindings & { DB: D1Database },
  id: string,
  owner: string,
): Promise<TaskSummary> {
  const task = env.TASKS.getByName(id);
  const quota = taskQuota(env);
  if (quota !== null && (await new TaskCatalog(env.DB).inFlight(owner)) >= quota) {
    const summary = await task.get(owner);
    // A task that cannot be retried at all gets the error that says so.
    if (summary && canRetry(summary.stage)) throw tooManyTasks(quota);
  }
  return taskAfter(id, await task.retry(owner), "retried");
}

/**
 * Deletes a task and its files. A task in progress is stopped.
 *
 * @throws CodedError `not_found`
 */
export async function deleteTask({ TASKS }: TaskBindings, id: string, owner: string): Promise<void> {
  if (!(await TASKS.getByName(id).remove(owner))) throw noTask(id);
}

/**
 * Sends a finished webhook of a task again, with the same id and body, and with all attempts before it again.
 *
 * @throws CodedError `not_found` for an unknown task or webhook; `conflict` while the webhook is pending.
 */
export async function replayWebhook(
  { TASKS }: TaskBindings,
  id: string,
  webhookId: string,
  owner: string,
): Promise<TaskSummary> {
  const replay = await TASKS.getByName(id).replayWebhook(webhookId, owner);
  switch (replay.status) {
    case "done":
      return replay.task;
    case "pending":
      throw new CodedError("conflict", `webhook ${webhookId} is still pending: it can be replayed once it is over`);
    case "unknown":
      throw new CodedError("not_found", `task ${id} has no webhook ${webhookId}`);
    case "gone":
      throw noTask(id);
  }
}

function taskAfter(id: string, steering: Steering, wish: string): TaskSummary {
  switch (steering.status) {
    case "done":
      return steering.task;
    case "refused":
      throw new CodedError("conflict", `task ${id} cannot be ${wish}: its stage is ${steering.stage}`);
    case "gone":
      throw noTask(id);
  }
}
