// npm run chaos [-- --short] [-- --seed NAME]: a service, real renders, and faults by a plan that the seed
// decides. Prints what was done and found, and ends with code 1 where anything was lost, stuck or wrong.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { upload } from "../../scripts/client.ts";
import { has } from "../e2e/native.ts";
import { sample, silence } from "../e2e/samples.ts";
import { act, type Known } from "./actor.ts";
import { buildWorker } from "./build.ts";
import { inject } from "./inject.ts";
import { LONG, makePlan, SHORT } from "./plan.ts";
import { settle } from "./settle.ts";
import { verify } from "./verify.ts";
import { World } from "./world.ts";

const { values } = parseArgs({
  options: { short: { type: "boolean", default: false }, seed: { type: "string" } },
});
if (!has("ffmpeg")) {
  console.log("skipped: needs ffmpeg");
  process.exit(0);
}
const seed = values.seed ?? String(Math.floor(Math.random() * 1e9));
const plan = makePlan(seed, values.short ? SHORT : LONG);
console.log(`seed ${seed}: ${plan.tasks.length} tasks, ${plan.kills.length} kills, ${plan.faults.length} other faults`);

const folder = await mkdtemp(join(tmpdir(), "edgereel-chaos-"));
const vars = { NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" };
const world = await World.start({ config: await buildWorker(folder), state: folder, vars });
const begun = performance.now();
const wrong: string[] = [];
try {
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(world.origin, "video_materials", name, await sample(name));
  }
  await upload(world.origin, "narrations", "narration.wav", silence(2));
  const [known] = await Promise.all([
    Promise.all(
      plan.tasks.map(async (task): Promise<Known> => {
        await sleep(task.at * 1000);
        return act(world.origin, task, (what) => wrong.push(what));
      }),
    ),
    inject(world, plan),
  ]);
  const faultsEnded = performance.now();
  const { retried } = await settle(world, known, wrong);
  const found = await verify(world, known);
  wrong.push(...found.wrong);

  const rows: [string, number][] = [
    ...[...world.injected].sort(([a], [b]) => (a < b ? -1 : 1)),
    ["tasks", known.length],
    ["succeeded", found.succeeded],
    ["of these failed with a reason first, and retried", retried],
    ["failed", found.failed],
    ["cancelled", found.cancelled],
    ["deleted", found.deleted],
    ["lost", found.lost.length],
    ["stuck", found.stuck.length],
    ["wrong", wrong.length],
  ];
  const seconds = (from: number) => Math.round((performance.now() - from) / 1000);
  console.log(rows.map(([name, count]) => `${name.padEnd(50)} ${String(count).padStart(6)}`).join("\n"));
  console.log(`${seconds(begun)} s, of which ${seconds(faultsEnded)} s without faults at the end; seed ${seed}`);
  for (const what of found.lost) console.log(`lost: ${what}`);
  for (const what of found.stuck) console.log(`stuck: ${what}`);
  for (const what of wrong) console.log(`wrong: ${what}`);
  if (found.lost.length + found.stuck.length + wrong.length > 0) process.exitCode = 1;
} finally {
  await world.stop();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
