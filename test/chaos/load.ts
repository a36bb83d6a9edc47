import { setTimeout as sleep } from "node:timers/promises";
import { percentile } from "../../bench/service.ts";
import { create, getTask, upload } from "../../scripts/client.ts";
import { sample } from "../e2e/support/samples.ts";
import type { LogLine, World } from "./world.ts";

/** Settings for videos of one segment, 64 pixels wide. */
export const LOAD_VARS = { NATIVE_SHORT_SIDE: "64", NATIVE_SEGMENT_SECONDS: "1", NATIVE_PRESET: "ultrafast" };

const REQUEST = {
  video_materials: [{ url: "dusk.mp4", duration: 0.5 }],
  video_clip_duration: 0.5,
};
/** How many clients create tasks at the same time. */
const POSTERS = 32;
/** How many clients poll tasks meanwhile. */
const POLLERS = 50;
const POLL_INTERVAL_MS = 1_000;
/** Jobs in a batch of the local queue. They run in parallel, so any of them may end first. */
const QUEUE_BATCH_SIZE = 8;
/** Max total wait of a job between its runs, if the renderer fails as often as the proxy makes it fail. */
const MAX_RETRY_WAIT_SECONDS = 11;

/**
 * Creates tasks as fast as the service accepts them, while other clients poll them, and waits for all to end. Prints a
 * report.
 *
 * @param garbage share of the requests to the renderer that get garbage.
 * @returns true if all tasks succeeded, no job ran twice, and no task ended much later than its place in the order.
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
      await sleep(POLL_INTERVAL_MS);
    }
  };
  const all = Promise.all([
    ...Array.from({ length: POSTERS }, poster),
    ...Array.from({ length: POLLERS }, async (_, index) => {
      await sleep((index / POLLERS) * POLL_INTERVAL_MS);
      await poller();
    }),
  ]);
  const progress = setInterval(() => console.log(`${ids.length} tasks created, ${ended.size} ended`), 30_000);
  await all;
  clearInterval(progress);
  const seconds = (performance.now() - begun) / 1000;

  const created = linesOf(world, "task_created");
  const succeeded = linesOf(world, "task_stage").filter(({ stage }) => stage === "succeeded");
  const done = linesOf(world, "job_done").map(({ task_id, job }) => `${task_id} ${job}`);
  const twice = done.length - new Set(done).size;
  const creations = new Map(created.map(({ task_id, time }, index) => [task_id, { rank: index + 1, time }]));
  const rankOf = ({ task_id }: LogLine) => creations.get(task_id)?.rank ?? 0;
  const displacements = succeeded.map((line, index) => index + 1 - rankOf(line));
  const grace = QUEUE_BATCH_SIZE + (garbage > 0 ? Math.ceil((MAX_RETRY_WAIT_SECONDS * count) / seconds) : 0);
  const late = succeeded.filter((line, index) => index + 1 > 2 * rankOf(line) + grace);
  const waits = succeeded.map(({ task_id, time }) => time - (creations.get(task_id)?.time ?? time));
  const ms = (values: number[], share: number) => `${Math.round(percentile(values, share))} ms`;
  console.log(
    [
      `${count} tasks, ${POSTERS} clients posting, ${POLLERS} clients polling: ${Math.round(seconds)} s`,
      `tasks succeeded: ${succeeded.length}; jobs done: ${done.length}; jobs done twice: ${twice}`,
      `create: p50 ${ms(posts, 0.5)}, p99 ${ms(posts, 0.99)}`,
      `get (${gets.length}): p50 ${ms(gets, 0.5)}, p99 ${ms(gets, 0.99)}`,
      `from creation to end: first ${Math.round(waits[0] ?? 0)} ms, p50 ${ms(waits, 0.5)}, p99 ${ms(waits, 0.99)}`,
      `place in the order of completion minus place in the order of creation: ${Math.min(...displacements)} to ${Math.max(...displacements)}`,
      `tasks that ended later than twice their place plus ${grace}: ${late.length}`,
      ...failuresInLog(world),
      ...late.flatMap(({ task_id }) => [`${task_id}, late:`, ...storyOf(world, task_id)]),
    ].join("\n"),
  );
  return succeeded.length === count && created.length === count && twice === 0 && late.length === 0;
}

/** The failures in the log: how often each event came, and its first line. */
function failuresInLog(world: World): string[] {
  const failures = world.log.filter(({ event }) => /_(failed|overdue)$/.test(event));
  const byEvent = Map.groupBy(failures, ({ event }) => event);
  return [...byEvent].map(
    ([event, [first, ...more]]) => `${event}: ${1 + more.length}, first ${JSON.stringify(first?.fields)}`,
  );
}

/** The log lines about a task, each with the seconds since the first line of the log. */
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
