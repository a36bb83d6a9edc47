import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../bench/service.ts";
import { create, getTask, upload } from "../../scripts/client.ts";
import { sample } from "../e2e/support/samples.ts";
import type { LogLine, World } from "./world.ts";

/** Settings for videos with one segment and a short side of 64 pixels. */
export const LOAD_VARS = { NATIVE_SHORT_SIDE: "64", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" };

const REQUEST = {
  video_materials: [{ url: "dusk.mp4", duration: 0.5 }],
  video_clip_duration: 0.5,
};
/** Number of clients that create tasks in parallel, number of clients that poll, and their interval in milliseconds. */
const POSTERS = 32;
const POLLERS = 50;
const POLL_INTERVAL = 1_000;
/** Number of jobs in a batch of the local queue. They run in parallel and end in random order. */
const BATCH = 8;
/** Max total delay in seconds between the attempts of a job, if the proxy fails it as often as it can. */
const WAITS = 11;

/**
 * Creates tasks as fast as the service accepts them, polls them meanwhile, and waits for all of them.
 *
 * @param garbage share of the requests to the renderer that are answered with garbage.
 * @returns true if all tasks succeeded, no job was done twice, and the order was fair.
 */
export async function runLoad(world: World, count: number, garbage: number): Promise<boolean> {
  await upload(world.origin, "video_materials", "dusk.mp4", await sample("dusk.mp4"));
  world.proxy.fault = garbage > 0 ? "garbage" : null;
  world.proxy.share = garbage;
  const begun = performance.now();
  const ids: string[] = [];
  const ended = new Set<string>();
  const posts: number[] = [];
  const gets: number[] = [];
  let asked = 0;
  const poster = async () => {
    while (asked++ < count) {
      const at = performance.now();
      ids.push(await create(world.origin, REQUEST));
      posts.push(performance.now() - at);
    }
  };
  let next = 0;
  const poller = async () => {
    while (ended.size < count) {
      const waiting = ids.filter((id) => !ended.has(id));
      const id = waiting[next++ % Math.max(1, waiting.length)];
      if (id !== undefined) {
        const at = performance.now();
        const { state } = await getTask(world.origin, id);
        gets.push(performance.now() - at);
        if (state !== 4) ended.add(id);
      }
      await sleep(POLL_INTERVAL);
    }
  };
  const all = Promise.all([
    ...Array.from({ length: POSTERS }, poster),
    ...Array.from({ length: POLLERS }, async (_, index) => {
      await sleep((index / POLLERS) * POLL_INTERVAL);
      await poller();
    }),
  ]);
  const telling = setInterval(() => console.log(`${ids.length} made, ${ended.size} seen to have ended`), 30_000);
  await all;
  clearInterval(telling);
  const seconds = (performance.now() - begun) / 1000;

  const created = linesOf(world, "task_created");
  const succeeded = linesOf(world, "task_stage").filter(({ stage }) => stage === "succeeded");
  const done = linesOf(world, "job_done").map(({ task_id, job }) => `${task_id} ${job}`);
  const twice = done.length - new Set(done).size;
  const made = new Map(created.map(({ task_id, time }, index) => [task_id, { rank: index + 1, time }]));
  const rankOf = ({ task_id }: LogLine) => made.get(task_id)?.rank ?? 0;
  const displacements = succeeded.map((line, index) => index + 1 - rankOf(line));
  const grace = BATCH + (garbage > 0 ? Math.ceil((WAITS * count) / seconds) : 0);
  const late = succeeded.filter((line, index) => index + 1 > 2 * rankOf(line) + grace);
  const waits = succeeded.map(({ task_id, time }) => time - (made.get(task_id)?.time ?? time));
  const ms = (values: number[], share: number) => `${Math.round(percentile(values, share))} ms`;
  console.log(
    [
      `${count} tasks, ${POSTERS} posting, ${POLLERS} polling: ${Math.round(seconds)} s`,
      `succeeded ${succeeded.length}, jobs done ${done.length}, of these done twice ${twice}`,
      `create: p50 ${ms(posts, 0.5)}, p99 ${ms(posts, 0.99)}`,
      `get (${gets.length}): p50 ${ms(gets, 0.5)}, p99 ${ms(gets, 0.99)}`,
      `from creation to end: first ${Math.round(waits[0] ?? 0)} ms, p50 ${ms(waits, 0.5)}, p99 ${ms(waits, 0.99)}`,
      `rank of completion less rank of creation: at most ${Math.max(...displacements)}, at least ${Math.min(...displacements)}`,
      `tasks that ended later than twice their place in the order (and ${grace} more): ${late.length}`,
      ...troubles(world),
      ...late.flatMap(({ task_id }) => [`${task_id}, late:`, ...storyOf(world, task_id)]),
    ].join("\n"),
  );
  return succeeded.length === count && created.length === count && twice === 0 && late.length === 0;
}

/** The number of failures by log event, each with its first line. */
function troubles(world: World): string[] {
  const wrong = world.log.filter(({ event }) => /_(failed|overdue)$/.test(event));
  const byEvent = Map.groupBy(wrong, ({ event }) => event);
  return [...byEvent].map(
    ([event, [first, ...more]]) => `${event}: ${1 + more.length}, first ${JSON.stringify(first?.fields)}`,
  );
}

/** The log lines of a task, with the seconds since the first line of the log. */
function storyOf(world: World, id: string | undefined): string[] {
  const start = world.log[0]?.time ?? 0;
  return world.log
    .filter(({ task_id }) => task_id === id)
    .map(
      ({ time, fields }) =>
        `  ${((time - start) / 1000).toFixed(1)} s ${JSON.stringify({ ...fields, task_id: undefined })}`,
    );
}

function linesOf(world: World, wanted: string): LogLine[] {
  return world.log.filter(({ event }) => event === wanted);
}
