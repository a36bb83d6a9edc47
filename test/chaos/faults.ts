import { setTimeout as sleep } from "node:timers/promises";
import { upload } from "../../scripts/client.ts";
import { sample, silence } from "../e2e/samples.ts";
import { act, type Known } from "./actor.ts";
import { inject } from "./inject.ts";
import { LONG, makePlan, SHORT } from "./plan.ts";
import { settle } from "./settle.ts";
import { verify } from "./verify.ts";
import type { World } from "./world.ts";

/** The smallest videos that there are, in several segments. */
export const FAULTS_VARS = { NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" };

/**
 * Makes tasks while there are faults, both by the plan of a seed, and checks all of them afterwards. Prints
 * what was done and found.
 *
 * @returns whether nothing was lost, stuck or wrong.
 */
export async function runFaults(world: World, seed: string, short: boolean): Promise<boolean> {
  const plan = makePlan(seed, short ? SHORT : LONG);
  console.log(
    `seed ${seed}: ${plan.tasks.length} tasks, ${plan.kills.length} kills, ${plan.faults.length} other faults`,
  );
  const begun = performance.now();
  const wrong: string[] = [];
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
  return found.lost.length + found.stuck.length + wrong.length === 0;
}
