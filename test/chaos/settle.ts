import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../../scripts/client.ts";
import type { Known } from "./actor.ts";
import { persist } from "./client.ts";
import { noFaults } from "./worker/settings.ts";
import type { World } from "./world.ts";

/**
 * Max time in milliseconds until the service is idle: the longest wait for a message that was lost several
 * times, and the work that follows.
 */
const PATIENCE = 1_200_000;
/** Time in milliseconds after which a failed write to D1 has been retried. */
const LISTED = 7_000;

/** A task as the route of a single task returns it. */
export type Shown = Task & {
  queue_position?: unknown;
  eta_seconds?: unknown;
  webhooks?: { type: string; state: string }[];
};

/**
 * Ends all faults and waits until every task has finished and its webhooks are sent. Runs no sweep and does not
 * move the clock.
 *
 * @returns the waiting time in milliseconds.
 */
export async function settle(world: World, known: readonly Known[]): Promise<number> {
  await world.setFaults({ ...noFaults, clock: world.clock });
  const begun = performance.now();
  let open = known.filter(({ deletedAt }) => deletedAt === null);
  while (open.length > 0 && performance.now() - begun < PATIENCE) {
    const answers = await Promise.all(open.map(({ id }) => persist<Shown>(world.origin, `/api/v1/tasks/${id}`)));
    open = open.filter((_, index) => !isAtRest(answers[index]));
    await sleep(1_000);
  }
  await sleep(LISTED);
  return performance.now() - begun;
}

function isAtRest(answer: { status: number; data: Shown } | undefined): boolean {
  if (answer?.status !== 200) return true;
  const { state, webhooks = [] } = answer.data;
  return state !== 4 && webhooks.every((each) => each.state !== "pending");
}
