import { setTimeout as sleep } from "node:timers/promises";
import { upload } from "../../scripts/client.ts";
import { sample, silence } from "../e2e/support/samples.ts";
import type { FakeProviders } from "../support/providers/server.ts";
import { TELLING } from "../support/services/webhook-receiver.ts";
import { runTask, type TrackedTask } from "./actor.ts";
import { inject } from "./inject.ts";
import { Outside } from "./outside.ts";
import { findPaidTwice } from "./payments.ts";
import { makePlan, type PlanSize } from "./plan.ts";
import { retryRefused } from "./refusals.ts";
import { settle } from "./settle.ts";
import { checkUploads, tryUpload, type Uploaded } from "./uploads.ts";
import { checkListing, checkTasks, checkWebhooks, findOrphans } from "./verify.ts";
import type { World } from "./world.ts";

/** Settings for tiny videos with several segments, and for webhooks that are retried soon. */
export const FAULTS_VARS = {
  ...{ NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" },
  ...{ WASM_SHORT_SIDE: "96", WASM_SEGMENT_SECONDS: "1", WASM_PRESET: "ultrafast" },
  ...TELLING,
  WEBHOOK_RETRY_SECONDS: [1, 2, ...Array<number>(18).fill(5)].join(),
};

/** The providers that author tasks. */
export const AUTHOR_PROVIDERS = ["llm", "speech", "kokoro", "pexels", "pixabay", "images"] as const;
/** Settings of the author Worker next to those of its providers. */
export const AUTHOR_SETTINGS = { PROVIDER_TIMEOUT_SECONDS: "15" };
/** How long each provider needs for an answer in a run without faults of providers, in milliseconds. */
const ANSWER_MS = 400;

/**
 * Creates tasks and uploads files while faults happen, as the plan of the seed says. Then waits until the service is
 * idle and checks everything. Then runs the sweeps once and checks what sweeps have to repair. Prints a report.
 *
 * @returns true if nothing was lost, stuck or wrong.
 */
export async function runFaults(
  world: World,
  providers: FakeProviders,
  seed: string,
  size: PlanSize,
): Promise<boolean> {
  const outside = await Outside.start(seed, () => world.count("webhook refused"));
  try {
    return await run(world, outside, providers, seed, size);
  } finally {
    outside.close();
  }
}

async function run(
  world: World,
  outside: Outside,
  providers: FakeProviders,
  seed: string,
  size: PlanSize,
): Promise<boolean> {
  if (size.rounds === 0) {
    for (const vendor of AUTHOR_PROVIDERS) await providers.misbehave(vendor, "slow", { milliseconds: ANSWER_MS });
  }
  const plan = makePlan(seed, size);
  console.log(
    `seed ${seed}: ${plan.tasks.length} tasks, ${plan.uploads.length} uploads, ${plan.kills.length} kills, ${plan.faults.length} other faults`,
  );
  const begun = performance.now();
  const problems: string[] = [];
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(world.origin, "video_materials", name, await sample(name));
  }
  await upload(world.origin, "narrations", "narration.wav", silence(2));
  const [tasks, uploads] = await Promise.all([
    Promise.all(
      plan.tasks.map(async (task): Promise<TrackedTask> => {
        await sleep(task.atSeconds * 1000);
        return runTask(world, outside, task, (problem) => problems.push(problem));
      }),
    ),
    Promise.all(
      plan.uploads.map(async (planned): Promise<Uploaded> => {
        await sleep(planned.atSeconds * 1000);
        return tryUpload(world, planned);
      }),
    ),
    inject(world, providers, plan),
  ]);
  outside.failing = false;
  let settleMs = await settle(world, tasks);
  const refused = await retryRefused(world, tasks, await providers.log());
  if (refused > 0) settleMs += await settle(world, tasks);
  const found = await checkTasks(world, tasks);
  const before = await checkListing(world, found.alive);
  const orphansBefore = findOrphans(world, found.alive);
  problems.push(...found.wrong, ...before.wrong, ...checkWebhooks(outside, tasks, found));

  const swept = await sweepOnce(world);
  const after = await checkListing(world, found.alive);
  const orphansAfter = findOrphans(world, found.alive);
  problems.push(...after.wrong, ...after.disagreements);
  problems.push(...orphansAfter.map((key) => `R2 still has ${key}, although its task does not exist`));
  problems.push(...(await checkUploads(world, uploads)));
  const calls = await providers.log();
  const repeated = findPaidTwice(calls, {
    interruptions: world.interruptions,
    tasks: new Map(tasks.map(({ id, plan: { marker }, interruptions }) => [marker, { id, interruptions }])),
    stored: world.stored,
  });
  const paidTwice = repeated.filter(({ tooOften }) => tooOften > 0);
  const failedCalls = calls.filter(({ outcome }) => !["answered", "slow"].includes(outcome)).length;
  world.injected.set("provider: call failed", failedCalls);
  for (const [fault, min] of Object.entries(size.minFaults)) {
    const times = world.injected.get(fault) ?? 0;
    if (times < min) problems.push(`the fault "${fault}" happened ${times} times, but the run needs at least ${min}`);
  }

  const rows: [string, number][] = [
    ...[...world.injected].sort(([a], [b]) => (a < b ? -1 : 1)),
    ["tasks", tasks.length],
    ["  succeeded", found.succeeded],
    ["  failed", found.failed],
    ["  cancelled", found.cancelled],
    ["  deleted", found.deleted],
    ["  refused by a provider, and retried", refused],
    ["provider calls", calls.length],
    ["  paid again, because they were interrupted", repeated.reduce((sum, { interrupted }) => sum + interrupted, 0)],
    ["webhooks received", outside.received.length],
    ["uploads", uploads.length],
    ["  accepted", uploads.filter(({ accepted }) => accepted).length],
    ["D1 rows that differed before the sweep", before.disagreements.length],
    ["  after the sweep", after.disagreements.length],
    ["objects without a task before the sweep", orphansBefore.length],
    ["  after the sweep", orphansAfter.length],
    ...[...swept].map(([finding, count]): [string, number] => [`sweep: ${finding}`, count]),
    ["lost", found.lost.length],
    ["stuck", found.stuck.length],
    ["wrong", problems.length],
    ["paid twice", paidTwice.length],
  ];
  console.log(rows.map(([name, count]) => `${name.padEnd(52)} ${String(count).padStart(6)}`).join("\n"));
  const seconds = (milliseconds: number) => Math.round(milliseconds / 1000);
  console.log(
    `seed ${seed}: ${seconds(performance.now() - begun)} s; idle ${seconds(settleMs)} s after the last fault`,
  );
  for (const line of before.disagreements) console.log(`before the sweep: ${line}`);
  for (const line of found.lost) console.log(`lost: ${line}`);
  for (const line of found.stuck) console.log(`stuck: ${line}`);
  for (const line of problems) console.log(`wrong: ${line}`);
  for (const { input, tooOften, times } of paidTwice) {
    console.log(`paid ${tooOften} times too often: ${input.slice(0, 500)}: ${times}`);
  }
  return found.lost.length + found.stuck.length + problems.length + paidTwice.length === 0;
}

/** Runs all sweeps once and returns their findings. */
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
