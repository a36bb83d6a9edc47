import { setTimeout as sleep } from "node:timers/promises";
import type { Task } from "../../scripts/client.ts";
import type { Known } from "./actor.ts";
import { persist, post } from "./client.ts";
import { noFaults } from "./worker/settings.ts";
import type { World } from "./world.ts";

/** The longest that a lost message is waited for, in milliseconds: no need to sit it out. */
const LONGEST_LEASE = 600_000;
/** How long tasks may take to end when there are no faults any more, in milliseconds. */
const PATIENCE = 300_000;

/** Ends all faults and waits until every task has ended. Failed ones are retried once, and must succeed then. */
export async function settle(world: World, known: readonly Known[], wrong: string[]): Promise<{ retried: number }> {
  await world.setFaults({ ...noFaults, clock: world.clock + LONGEST_LEASE });
  await ended(world, known);
  let retried = 0;
  for (const task of await shown(world, known)) {
    if (task.stage !== "failed" || !(task.error as { retryable?: boolean }).retryable) continue;
    await post(world.origin, `/api/v1/tasks/${task.task_id}/retry`, {});
    retried++;
  }
  if (retried > 0) await ended(world, known);
  for (const { task_id, stage, error } of await shown(world, known)) {
    if (stage === "failed") wrong.push(`${task_id} fails without faults too: ${error?.code}: ${error?.message}`);
  }
  // The second one finds what the first brought about.
  await world.sweep();
  await world.sweep();
  return { retried };
}

async function shown(world: World, known: readonly Known[]): Promise<Task[]> {
  const alive = known.filter(({ deletedAt }) => deletedAt === null);
  const answers = await Promise.all(alive.map(({ id }) => persist<Task>(world.origin, `/api/v1/tasks/${id}`)));
  return answers.flatMap(({ status, data }) => (status === 200 ? [data] : []));
}

/** Returns when all have ended, or when patience has. */
async function ended(world: World, known: readonly Known[]): Promise<void> {
  for (let waited = 0; waited < PATIENCE; waited += 1_000) {
    if (waited % 20_000 === 0) await world.sweep();
    if ((await shown(world, known)).every(({ state }) => state !== 4)) return;
    await sleep(1_000);
  }
}
