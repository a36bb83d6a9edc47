import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../../scripts/client.ts";
import type { TrackedTask } from "./actor.ts";
import { requestUntilAnswered } from "./client.ts";
import { noFaults } from "./worker/settings.ts";
import type { World } from "./world.ts";

/** Max time until the service is idle: the longest wait for a message that was lost several times, and the work after it. */
const MAX_SETTLE_MS = 1_200_000;
/** Time after which a failed write to D1 has been repeated. */
const LISTING_RETRY_MS = 7_000;

/** The task data that `GET /api/v1/tasks/{task_id}` returns. */
export type ShownTask = Task & {
  queue_position?: unknown;
  eta_seconds?: unknown;
  webhooks?: { type: string; state: string }[];
};

/**
 * Ends all faults and waits, without sweeps and clock jumps, until every task has ended and no webhook is pending.
 *
 * @returns how long this took, in milliseconds.
 */
export async function settle(world: World, known: readonly TrackedTask[]): Promise<number> {
  await world.setFaults({ ...noFaults, clockMs: world.clockMs });
  const begun = performance.now();
  let open = known.filter(({ deletedAt }) => deletedAt === null);
  while (open.length > 0 && performance.now() - begun < MAX_SETTLE_MS) {
    const answers = await Promise.all(
      open.map(({ id }) => requestUntilAnswered<ShownTask>(world.origin, `/api/v1/tasks/${id}`)),
    );
    open = open.filter((_, index) => !isAtRest(answers[index]));
    await sleep(1_000);
  }
  await sleep(LISTING_RETRY_MS);
  return performance.now() - begun;
}

function isAtRest(answer: { status: number; data: ShownTask } | undefined): boolean {
  if (answer?.status !== 200) return true;
  const { state, webhooks = [] } = answer.data;
  return state !== 4 && webhooks.every((each) => each.state !== "pending");
}
