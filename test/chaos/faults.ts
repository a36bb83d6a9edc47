import { setTimeout as sleep } from "node:timers/promises";
import { upload } from "../../scripts/client.ts";
import { sample, silence } from "../e2e/support/samples.ts";
import { TELLING } from "../support/webhook-receiver.ts";
import { act, type Known } from "./actor.ts";
import { inject } from "./inject.ts";
import { Outside } from "./outside.ts";
import { makePlan, type PlanSize } from "./plan.ts";
import { settle } from "./settle.ts";
import { checkUploads, tryUpload, type Uploaded } from "./uploads.ts";
import { checkListing, checkTasks, checkTold, orphans } from "./verify.ts";
import type { World } from "./world.ts";

/** Settings for tiny videos of several segments and for short delays between webhook retries. */
export const FAULTS_VARS = {
  ...{ NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" },
  ...{ WASM_SHORT_SIDE: "96", WASM_SEGMENT_SECONDS: "1", WASM_PRESET: "ultrafast" },
  ...TELLING,
  WEBHOOK_RETRY_SECONDS: [1, 2, ...Array<number>(18).fill(5)].join(),
};

/**
 * Creates tasks and uploads during faults, all planned from a seed. Then waits until the service is idle and
 * checks the tasks, runs the sweeps once, and checks what the sweeps must repair. Prints a report.
 *
 * @returns true if nothing was lost, stuck or wrong.
 */
export async function runFaults(world: World, seed: string, size: PlanSize): Promise<boolean> {
  const outside = await Outside.start(seed, () => world.count("webhook refused"));
  try {
    return await run(world, outside, seed, size);
  } finally {
    outside.close();
  }
}

async function run(world: World, outside: Outside, seed: string, size: PlanSize): Promise<boolean> {
  const plan = makePlan(seed, size);
  console.log(
    `seed ${seed}: ${plan.tasks.length} tasks, ${plan.uploads.length} uploads, ${plan.kills.length} kills, ${plan.faults.length} other faults`,
  );
  const begun = performance.now();
  const wrong: string[] = [];
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(world.origin, "video_materials", name, await sample(name));
  }
  await upload(world.origin, "narrations", "narration.wav", silence(2));
  const [known, uploads] = await Promise.all([
    Promise.all(
      plan.tasks.map(async (task): Promise<Known> => {
        await sleep(task.at * 1000);
        return act(world, outside, task, (what) => wrong.push(what));
      }),
    ),
    Promise.all(
      plan.uploads.map(async (planned): Promise<Uploaded> => {
        await sleep(planned.at * 1000);
        return tryUpload(world, planned);
      }),
    ),
    inject(world, plan),
  ]);
  outside.failing = false;
  const rest = await settle(world, known);
  const found = await checkTasks(world, known);
  const before = await checkListing(world, found.alive);
  const left = orphans(world, found.alive);
  wrong.push(...found.wrong, ...before.wrong, ...checkTold(outside, known, found));

  const swept = await sweepOnce(world);
  const after = await checkListing(world, found.alive);
  const still = orphans(world, found.alive);
  wrong.push(...after.wrong, ...after.disagreements, ...still.map((key) => `R2 holds ${key}, which no task owns`));
  wrong.push(...(await checkUploads(world, uploads)));
  for (const [fault, least] of Object.entries(size.least)) {
    const times = world.injected.get(fault) ?? 0;
    if (times < least) wrong.push(`${fault}: ${times} times, and a run that says anything has at least ${least}`);
  }

  const rows: [string, number][] = [
    ...[...world.injected].sort(([a], [b]) => (a < b ? -1 : 1)),
    ["tasks", known.length],
    ["  succeeded", found.succeeded],
    ["  failed, as they should for what they were given", found.failed],
    ["  cancelled", found.cancelled],
    ["  deleted", found.deleted],
    ["webhooks taken", outside.told.length],
    ["uploads", uploads.length],
    ["  granted", uploads.filter(({ granted }) => granted).length],
    ["rows of D1 that disagreed before the sweep", before.disagreements.length],
    ["  after it", after.disagreements.length],
    ["objects in R2 without a task before the sweep", left.length],
    ["  after it", still.length],
    ...[...swept].map(([finding, count]): [string, number] => [`the sweep: ${finding}`, count]),
    ["lost", found.lost.length],
    ["stuck", found.stuck.length],
    ["wrong", wrong.length],
  ];
  console.log(rows.map(([name, count]) => `${name.padEnd(52)} ${String(count).padStart(6)}`).join("\n"));
  const seconds = (milliseconds: number) => Math.round(milliseconds / 1000);
  console.log(`${seconds(performance.now() - begun)} s, of which ${seconds(rest)} s to come to rest; seed ${seed}`);
  for (const what of before.disagreements) console.log(`before the sweep: ${what}`);
  for (const what of found.lost) console.log(`lost: ${what}`);
  for (const what of found.stuck) console.log(`stuck: ${what}`);
  for (const what of wrong) console.log(`wrong: ${what}`);
  return found.lost.length + found.stuck.length + wrong.length === 0;
}

/** Runs the sweeps once and returns the number of each finding. */
async function sweepOnce(world: World): Promise<Map<string, number>> {
  const from = world.log.length;
  await world.sweep();
  const found = new Map<string, number>();
  for (const { event, sweep, fields } of world.log.slice(from)) {
    if (event !== "sweep") continue;
    const { event: _, sweep: __, looked, more, milliseconds, ...findings } = fields;
    for (const [finding, count] of Object.entries(findings)) found.set(`${sweep} ${finding}`, Number(count));
  }
  return found;
}
