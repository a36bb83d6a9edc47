import { isDeepStrictEqual } from "node:util";
import { execute } from "../e2e/support/programs.ts";
import { storedKeys } from "../e2e/support/stored-objects.ts";
import type { Known } from "./actor.ts";
import { persist } from "./client.ts";
import type { Outside } from "./outside.ts";
import type { Shown } from "./settle.ts";
import type { World } from "./world.ts";

/** The outcome of all tasks. */
export interface Findings {
  succeeded: number;
  failed: number;
  cancelled: number;
  deleted: number;
  lost: string[];
  stuck: string[];
  wrong: string[];
  /** The existing tasks by id, as their Durable Objects show them. */
  alive: Map<string, Shown>;
}

/** Max time in milliseconds that a job of a deleted task may continue: one heartbeat and one write. */
const LATE = 15_000;
/** Number of tasks that are checked in parallel. Most of the time is spent on starting ffmpeg. */
const AT_ONCE = 4;
/** Max difference in seconds between a video's duration and the duration in its task. */
const TOLERANCE = 0.1;

/** Checks that each task exists or is deleted as expected, has finished, and has the planned outcome. */
export async function checkTasks(world: World, known: readonly Known[]): Promise<Findings> {
  const counts = { succeeded: 0, failed: 0, cancelled: 0, deleted: 0 };
  const findings: Findings = { ...counts, lost: [], stuck: [], wrong: [], alive: new Map() };
  const queue = known.values();
  const check = async () => {
    for (const task of queue) {
      const { status, data } = await persist<Shown>(world.origin, `/api/v1/tasks/${task.id}`);
      if (task.deletedAt !== null) {
        findings.deleted++;
        if (status !== 404) findings.wrong.push(`${task.id} was deleted and is answered with ${status}`);
      } else if (status === 404) findings.lost.push(task.id);
      else {
        findings.alive.set(task.id, data);
        await checkTask(task, data, findings);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, check));
  checkDeleted(world, known, findings);
  return findings;
}

/**
 * Checks one task. All faults are short enough for retries, so a task may only fail if its input is invalid, and
 * only with the planned code.
 */
async function checkTask({ plan, cancelled }: Known, task: Shown, findings: Findings): Promise<void> {
  const { task_id: id, state, stage, failure } = task;
  if (state === 4) findings.stuck.push(`${id} is ${stage}`);
  else if (state === 1) {
    findings.succeeded++;
    if (plan.fails !== null) findings.wrong.push(`${id} succeeded, and what it was given is no video`);
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
      if (!cancelled) findings.wrong.push(`${id} is cancelled and nobody asked for it`);
    } else {
      findings.failed++;
      if (failure?.code !== plan.fails) {
        findings.wrong.push(
          `${id} failed with ${failure?.code}, and should ${plan.fails ?? "succeed"}: ${failure?.message}`,
        );
      }
    }
  }
}

/**
 * Checks that the end of each task was sent to its callback URL, and that no callback URL got another task's
 * webhook. Returns a message for each error.
 */
export function checkTold({ told, wrong }: Outside, known: readonly Known[], { alive }: Findings): string[] {
  const found = [...wrong];
  for (const { id, plan } of known) {
    const mine = told.filter(({ key }) => key === plan.key);
    for (const { taskId, type } of mine) {
      if (taskId !== id) found.push(`${type} of ${taskId} was told where ${id} is told of`);
    }
    const task = alive.get(id);
    if (task && task.state !== 4 && !mine.some(({ type }) => type === `task.${task.stage}`)) {
      found.push(`${id} is ${task.stage} and that was not told: ${JSON.stringify(task.webhooks)}`);
    }
  }
  return found;
}

/** Decodes a video and checks its duration. Returns the error, or null if the video is correct. */
async function checkVideo(url: string, seconds: number): Promise<string | null> {
  try {
    const { stderr } = await execute("ffmpeg", ["-v", "error", "-i", url, "-f", "null", "-"]);
    if (stderr.trim() !== "") return stderr.trim();
    const entries = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", url];
    const { stdout } = await execute("ffprobe", entries);
    const difference = Math.abs(Number(stdout) - seconds);
    return difference <= TOLERANCE ? null : `it is ${stdout.trim()} s long and not ${seconds}`;
  } catch (error) {
    return String(error);
  }
}

/** Errors in the task list, which the service reads from D1. */
export interface Listing {
  /** Rows that differ from the tasks' Durable Objects. The sweeps repair these after D1 has lost a response. */
  disagreements: string[];
  /** Totals that differ from the number of rows. */
  wrong: string[];
}

/** Compares the task list with the tasks' Durable Objects, and its totals with its rows. */
export async function checkListing(world: World, alive: ReadonlyMap<string, Shown>): Promise<Listing> {
  interface Page {
    tasks: Shown[];
    total: number;
    next_cursor: string | null;
  }
  const found: Listing = { disagreements: [], wrong: [] };
  const listed: Shown[] = [];
  const totals = new Set<number>();
  const page = async (query: string) => (await persist<Page>(world.origin, `/api/v1/tasks?${query}`)).data;
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
    found.wrong.push(`total is ${[...totals].join(", ")}, and ${listed.length} tasks are listed`);
  }
  for (const state of [4, 1, -1]) {
    const { total } = await page(`state=${state}`);
    const count = listed.filter((task) => task.state === state).length;
    if (total !== count) found.wrong.push(`total is ${total} for state ${state}, and ${count} are listed`);
  }
  for (const row of listed) {
    const task = alive.get(row.task_id);
    if (!task) found.disagreements.push(`D1 lists ${row.task_id}, which is not there`);
    else if (!isDeepStrictEqual(stable(row), stable(task))) {
      found.disagreements.push(`D1 shows ${JSON.stringify(stable(row))}, not ${JSON.stringify(stable(task))}`);
    }
  }
  for (const id of alive.keys()) {
    if (!listed.some((row) => row.task_id === id)) found.disagreements.push(`D1 does not list ${id}`);
  }
  return found;
}

/** The fields of a task that the list has too and that do not change by themselves. */
function stable({ queue_position: _, eta_seconds: __, webhooks: ___, ...rest }: Shown) {
  return rest;
}

/** Keys of R2 objects without a task. The sweeps remove these after a crash. */
export function orphans(world: World, alive: ReadonlyMap<string, Shown>): string[] {
  return storedKeys(world.state, "tasks/").filter((key) => !alive.has(key.split("/")[1] ?? ""));
}

function checkDeleted(world: World, known: readonly Known[], { wrong }: Findings): void {
  for (const { id, deletedAt } of known) {
    const late = world.log.filter(
      ({ event, task_id, time }) =>
        event === "job_done" && task_id === id && deletedAt !== null && time > deletedAt + LATE,
    );
    for (const { job } of late) wrong.push(`${id}: ${job} was done long after the task was deleted`);
  }
}
