import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../../scripts/client.ts";
import type { Known } from "./actor.ts";
import { persist } from "./client.ts";
import { noFaults } from "./worker/settings.ts";
import type { World } from "./world.ts";

/**
 * How long the service may take to come to rest by its own means, in milliseconds: the longest wait for
 * a message that was lost again and again, and what is to be done then.
 */
const PATIENCE = 1_200_000;
/** After what a write to D1 that failed was tried again, in milliseconds. */
const LISTED = 7_000;

/** A task as the API shows it alone. */
export type Shown = Task & {
  queue_position?: unknown;
  eta_seconds?: unknown;
  webhooks?: { type: string; state: string }[];
};

/**
 * Ends all faults, and leaves the service alone until every task has ended and was told of: nothing is
 * swept, and no clock is moved.
 *
 * @returns the milliseconds that it took.
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
