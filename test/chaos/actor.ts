import { setTimeout as sleep } from "node:timers/promises";
import { json, post, requestUntilAnswered, tryOnce } from "./client.ts";
import type { Outside } from "./outside.ts";
import type { PlannedTask } from "./plan.ts";
import type { World } from "./world.ts";

/** A task that the run created, and what was done to it. */
export interface TrackedTask {
  id: string;
  plan: PlannedTask;
  /** When the response to its delete came, in Unix milliseconds; null if it was not deleted. */
  deletedAt: number | null;
  /** Whether the service accepted a cancel. */
  cancelled: boolean;
  /** Whether the service accepted a retry. */
  retried: boolean;
  /** When the client interrupted the task's work, in Unix milliseconds. */
  interruptions: number[];
}

/**
 * Creates a task and does with it what the plan says.
 *
 * @param report is called with each response that is wrong.
 */
export async function runTask(
  world: World,
  outside: Outside,
  plan: PlannedTask,
  report: (problem: string) => void,
): Promise<TrackedTask> {
  const { origin } = world;
  const headers = { "idempotency-key": plan.key };
  const request = outside.complete(plan);
  const create = () => post<{ task_id: string }>(origin, "/api/v1/videos", request, headers);
  if (plan.hangUpAfterMs !== null) {
    world.count("client hung up");
    await tryOnce(origin, "/api/v1/videos", json(request, headers), plan.hangUpAfterMs);
  }
  const { status, message, data } = await create();
  if (status !== 200) throw new Error(`create ${plan.key}: ${status} ${message}`);
  const task: TrackedTask = {
    id: data.task_id,
    plan,
    deletedAt: null,
    cancelled: false,
    retried: false,
    interruptions: [],
  };
  const path = `/api/v1/tasks/${task.id}`;
  for (const { afterSeconds, action } of plan.steps) {
    await sleep(afterSeconds * 1000);
    if (action === "cancel" || action === "delete") task.interruptions.push(Date.now());
    const answer = await (action === "create"
      ? create()
      : action === "delete"
        ? requestUntilAnswered(origin, path, { method: "DELETE" })
        : post(origin, `${path}/${action}`, {}));
    // If the first response was lost, the second says that the action was done already.
    const accepted = answer.status === 200 || (answer.repeated && answer.status === (action === "delete" ? 404 : 409));
    if (action === "create") {
      const id = (answer.data as { task_id: string } | null)?.task_id;
      if (id !== task.id) report(`${plan.key}: its key created ${task.id}, and then got ${answer.status} ${id}`);
    } else if (action === "delete") {
      if (accepted) task.deletedAt = Date.now();
      else report(`${task.id}: delete got ${answer.status} ${answer.message}`);
    } else if (action === "cancel") {
      task.cancelled = accepted;
    } else if (action === "retry") {
      task.retried = accepted;
    }
    // 409 is allowed: a task that has ended cannot be cancelled, and one that has not cannot be retried.
    if (!accepted && answer.status !== 409) report(`${task.id}: ${action} got ${answer.status} ${answer.message}`);
  }
  return task;
}
