import { isDeepStrictEqual } from "node:util";
import { execute } from "../e2e/support/programs.ts";
import { storedKeys } from "../e2e/support/stored-objects.ts";
import type { TrackedTask } from "./actor.ts";
import { requestUntilAnswered } from "./client.ts";
import type { Outside } from "./outside.ts";
import type { ShownTask } from "./settle.ts";
import type { World } from "./world.ts";

/** The outcomes of all tasks, and the problems found. */
export interface Findings {
  succeeded: number;
  failed: number;
  cancelled: number;
  deleted: number;
  lost: string[];
  stuck: string[];
  wrong: string[];
  /** The tasks that exist, as their TaskObjects show them, by id. */
  alive: Map<string, ShownTask>;
}

/** How long work for a deleted task may go on: until its consumer's next heartbeat, and one write. */
const MAX_WORK_AFTER_DELETE_MS = 15_000;
/** How many tasks are checked at the same time. Most of the time is spent waiting for ffmpeg to start. */
const MAX_PARALLEL_CHECKS = 4;
/** Max difference between a file's duration and the duration in the task's data. */
const DURATION_TOLERANCE_SECONDS = 0.1;

/** Checks that each task exists unless it was deleted, has ended, and ended as the plan says. */
export async function checkTasks(world: World, tasks: readonly TrackedTask[]): Promise<Findings> {
  const counts = { succeeded: 0, failed: 0, cancelled: 0, deleted: 0 };
  const findings: Findings = { ...counts, lost: [], stuck: [], wrong: [], alive: new Map() };
  const queue = tasks.values();
  const check = async () => {
    for (const task of queue) {
      const { status, data } = await requestUntilAnswered<ShownTask>(world.origin, `/api/v1/tasks/${task.id}`);
      if (task.deletedAt !== null) {
        findings.deleted++;
        if (status !== 404) findings.wrong.push(`${task.id} was deleted, but a GET of it answers ${status}`);
      } else if (status === 404) findings.lost.push(task.id);
      else {
        findings.alive.set(task.id, data);
        await checkTask(task, data, findings);
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_PARALLEL_CHECKS }, check));
  checkDeleted(world, tasks, findings);
  return findings;
}

/** Checks one task. Faults are bounded, so a task may only fail if its input makes it fail, and only with that code. */
async function checkTask({ plan, cancelled }: TrackedTask, task: ShownTask, findings: Findings): Promise<void> {
  const { task_id: id, state, stage, failure } = task;
  if (state === 4) findings.stuck.push(`${id} is still ${stage}`);
  else if (state === 1) {
    findings.succeeded++;
    if (plan.expectedFailure !== null)
      findings.wrong.push(`${id} succeeded, but should fail with ${plan.expectedFailure}`);
    if (plan.from === "authoring")
      findings.wrong.push(...(await checkAuthored(task)).map((fault) => `${id}: ${fault}`));
    for (const [index, expected] of task.durations.entries()) {
      for (const url of [task.videos[index], task.combined_videos[index]]) {
        const fault = await checkVideo(url ?? "", expected);
        if (fault) findings.wrong.push(`${id}: ${url}: ${fault}`);
      }
    }
  } else {
    if (!failure?.code || !failure.message) findings.wrong.push(`${id} failed without a reason`);
    if (stage === "cancelled") {
      findings.cancelled++;
      if (!cancelled) findings.wrong.push(`${id} is cancelled, but no client cancelled it`);
    } else {
      findings.failed++;
      if (failure?.code !== plan.expectedFailure) {
        findings.wrong.push(
          `${id} failed with ${failure?.code} instead of ${plan.expectedFailure ?? "success"}: ${failure?.message}`,
        );
      }
    }
  }
}

/** Checks that each finished task sent a webhook for its end, and only to its own URL. Returns the problems found. */
export function checkWebhooks(
  { received, wrong }: Outside,
  tasks: readonly TrackedTask[],
  { alive }: Findings,
): string[] {
  const found = [...wrong];
  for (const { id, plan } of tasks) {
    const mine = received.filter(({ key }) => key === plan.key);
    for (const { taskId, type } of mine) {
      if (taskId !== id) found.push(`${type} of ${taskId} was sent to the URL of ${id}`);
    }
    const task = alive.get(id);
    if (task && task.state !== 4 && !mine.some(({ type }) => type === `task.${task.stage}`)) {
      found.push(`${id} is ${task.stage}, but no webhook said so: ${JSON.stringify(task.webhooks)}`);
    }
  }
  return found;
}

/** What is wrong with the authored parts of a task: its sound is as long as it says, and a video as long as its sound. */
async function checkAuthored({ audio_file, audio_duration, script, durations }: ShownTask): Promise<string[]> {
  if (!script) return ["it has no script"];
  if (!audio_file || !audio_duration) return ["it has no narration"];
  const fault = await checkVideo(audio_file, audio_duration);
  const length = durations[0] ?? audio_duration;
  const differs = Math.abs(length - audio_duration) > DURATION_TOLERANCE_SECONDS;
  return [
    ...(fault ? [`the narration: ${fault}`] : []),
    ...(differs ? [`the video is ${length} s long, and its narration ${audio_duration} s`] : []),
  ];
}

/** What is wrong with a video; null if it decodes completely and has the expected duration. */
async function checkVideo(url: string, seconds: number): Promise<string | null> {
  try {
    const { stderr } = await execute("ffmpeg", ["-v", "error", "-i", url, "-f", "null", "-"]);
    if (stderr.trim() !== "") return stderr.trim();
    const entries = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url];
    const { stdout } = await execute("ffprobe", entries);
    const difference = Math.abs(Number(stdout) - seconds);
    return difference <= DURATION_TOLERANCE_SECONDS ? null : `it is ${stdout.trim()} s long instead of ${seconds} s`;
  } catch (error) {
    return String(error);
  }
}

/** The problems found in D1. */
export interface ListingProblems {
  /** Rows that differ from their TaskObject. A sweep has to correct those that a lost response of D1 left behind. */
  disagreements: string[];
  /** Totals that differ from the number of rows. */
  wrong: string[];
}

/** Compares the rows of D1 with the tasks, and its totals with the number of rows. */
export async function checkListing(world: World, alive: ReadonlyMap<string, ShownTask>): Promise<ListingProblems> {
  interface Page {
    tasks: ShownTask[];
    total: number;
    next_cursor: string | null;
  }
  const found: ListingProblems = { disagreements: [], wrong: [] };
  const listed: ShownTask[] = [];
  const totals = new Set<number>();
  const page = async (query: string) => (await requestUntilAnswered<Page>(world.origin, `/api/v1/tasks?${query}`)).data;
  let next: string | null = null;
  do {
    const { tasks, total, next_cursor }: Page = await page(
      `page_size=100${next === null ? "" : `&cursor=${encodeURIComponent(next)}`}`,
    );
    listed.push(...tasks);
    totals.add(total);
    next = next_cursor;
  } while (next !== null);
  if (totals.size !== 1 || !totals.has(listed.length)) {
    found.wrong.push(`total is ${[...totals].join(", ")}, but ${listed.length} tasks are listed`);
  }
  for (const state of [4, 1, -1]) {
    const { total } = await page(`state=${state}`);
    const count = listed.filter((task) => task.state === state).length;
    if (total !== count) found.wrong.push(`total is ${total} for state ${state}, but ${count} tasks are listed`);
  }
  for (const row of listed) {
    const task = alive.get(row.task_id);
    if (!task) found.disagreements.push(`D1 lists ${row.task_id}, which does not exist`);
    else if (!isDeepStrictEqual(stable(row), stable(task))) {
      found.disagreements.push(`D1 shows ${JSON.stringify(stable(row))}, not ${JSON.stringify(stable(task))}`);
    }
  }
  for (const id of alive.keys()) {
    if (!listed.some((row) => row.task_id === id)) found.disagreements.push(`D1 does not list ${id}`);
  }
  return found;
}

/** The fields that lists contain too and that do not change over time. */
function stable({ queue_position: _, eta_seconds: __, webhooks: ___, script: ____, ...rest }: ShownTask) {
  return rest;
}

/** Keys of objects in R2 whose task does not exist. A sweep has to delete those that a crash left behind. */
export function findOrphans(world: World, alive: ReadonlyMap<string, ShownTask>): string[] {
  return storedKeys(world.state, "tasks/").filter((key) => !alive.has(key.split("/")[1] ?? ""));
}

function checkDeleted(world: World, tasks: readonly TrackedTask[], { wrong }: Findings): void {
  for (const { id, deletedAt } of tasks) {
    const late = world.log.filter(
      ({ event, task_id, time }) =>
        event === "job_done" && task_id === id && deletedAt !== null && time > deletedAt + MAX_WORK_AFTER_DELETE_MS,
    );
    for (const { job } of late) wrong.push(`${id}: ${job} was done long after the task was deleted`);
  }
}
