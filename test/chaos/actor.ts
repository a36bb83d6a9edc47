import { setTimeout as sleep } from "node:timers/promises";
import { json, persist, post, tryOnce } from "./client.ts";
import type { Outside } from "./outside.ts";
import type { PlannedTask } from "./plan.ts";
import type { World } from "./world.ts";

/** What the harness knows of a task that it made. */
export interface Known {
  id: string;
  plan: PlannedTask;
  /** When its delete was answered; null where it was not deleted. */
  deletedAt: number | null;
  /** Whether somebody asked for its end, and whether for its going on after that. */
  cancelled: boolean;
  retried: boolean;
}

/** Makes a task and does with it what was planned. What is wrong with the answers goes to `wrong`. */
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
    // Of a wish whose first answer was lost, the second says that it was granted already.
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
    // A cancel is refused for a task that has ended, and a retry for one that has not.
    if (!granted && answer.status !== 409) wrong(`${task.id}: ${wish} was answered ${answer.status} ${answer.message}`);
  }
  return task;
}
