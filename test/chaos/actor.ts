import { setTimeout as sleep } from "node:timers/promises";
import { json, persist, post, tryOnce } from "./client.ts";
import type { Outside } from "./outside.ts";
import type { PlannedTask } from "./plan.ts";
import type { World } from "./world.ts";

/** A task that the harness created, and what it did with it. */
export interface Known {
  id: string;
  plan: PlannedTask;
  /** When the delete was answered; null if the task was not deleted. */
  deletedAt: number | null;
  /** True if a cancel was accepted; `retried` is true if a retry was accepted after it. */
  cancelled: boolean;
  retried: boolean;
}

/** Creates a task and runs its planned steps. Calls `wrong` for each unexpected response. */
export async function act(
  world: World,
  outside: Outside,
  plan: PlannedTask,
  wrong: (what: string) => void,
): Promise<Known> {
  const { origin } = world;
  const headers = { "idempotency-key": plan.key };
  const request = outside.complete(plan);
  const create = () => post<{ task_id: string }>(origin, "/api/v1/videos", request, headers);
  if (plan.hangsUp !== null) {
    world.count("client hung up");
    await tryOnce(origin, "/api/v1/videos", json(request, headers), plan.hangsUp);
  }
  const { status, message, data } = await create();
  if (status !== 200) throw new Error(`create ${plan.key}: ${status} ${message}`);
  const task: Known = { id: data.task_id, plan, deletedAt: null, cancelled: false, retried: false };
  const path = `/api/v1/tasks/${task.id}`;
  for (const { after, wish } of plan.steps) {
    await sleep(after * 1000);
    const answer = await (wish === "create"
      ? create()
      : wish === "delete"
        ? persist(origin, path, { method: "DELETE" })
        : post(origin, `${path}/${wish}`, {}));
    // If the first response was lost, the response to the retry says that the step is already done.
    const granted = answer.status === 200 || (answer.repeated && answer.status === (wish === "delete" ? 404 : 409));
    if (wish === "create") {
      const id = (answer.data as { task_id: string } | null)?.task_id;
      if (id !== task.id) wrong(`${plan.key}: its key made ${task.id} and was then answered ${answer.status} ${id}`);
    } else if (wish === "delete") {
      if (granted) task.deletedAt = Date.now();
      else wrong(`${task.id}: delete was answered ${answer.status} ${answer.message}`);
    } else if (wish === "cancel") {
      task.cancelled = granted;
    } else if (wish === "retry") {
      task.retried = granted;
    }
    // 409 is allowed: a finished task refuses a cancel, and an unfinished task refuses a retry.
    if (!granted && answer.status !== 409) wrong(`${task.id}: ${wish} was answered ${answer.status} ${answer.message}`);
  }
  return task;
}
