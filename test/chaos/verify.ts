import { isDeepStrictEqual } from "node:util";
import type { Task } from "../../scripts/client.ts";
import { execute } from "../e2e/native.ts";
import { storedKeys } from "../e2e/stored-objects.ts";
import type { Known } from "./actor.ts";
import { persist } from "./client.ts";
import type { World } from "./world.ts";

/** What the harness found after a run. */
export interface Findings {
  succeeded: number;
  failed: number;
  cancelled: number;
  deleted: number;
  lost: string[];
  stuck: string[];
  wrong: string[];
}

/** Codes with which a task may fail, by the fault that explains it: none for what only a bug would do. */
const EXPLAINED = [
  "renderer_unavailable",
  "renderer_busy",
  "internal_error",
  "job_lost",
  "queue_failed",
  "queue_stalled",
  "timeout",
];
/** How long work for a deleted task may go on: until its consumer's next heartbeat and a write, in milliseconds. */
const LATE = 15_000;
/** Greatest difference between a file's length and what the task says, in seconds. */
const TOLERANCE = 0.1;

type Shown = Task & { queue_position?: unknown; eta_seconds?: unknown; webhooks?: unknown };

/** Checks everything that must hold when all is quiet again. */
export async function verify(world: World, known: readonly Known[]): Promise<Findings> {
  const findings: Findings = { succeeded: 0, failed: 0, cancelled: 0, deleted: 0, lost: [], stuck: [], wrong: [] };
  const alive = new Map<string, Shown>();
  for (const task of known) {
    const { status, data } = await persist<Shown>(world.origin, `/api/v1/tasks/${task.id}`);
    if (task.deletedAt !== null) {
      findings.deleted++;
      if (status !== 404) findings.wrong.push(`${task.id} was deleted and is answered with ${status}`);
    } else if (status === 404) findings.lost.push(task.id);
    else {
      alive.set(task.id, data);
      await checkTask(task, data, findings);
    }
  }
  await checkListing(world, alive, findings);
  checkStorage(world, alive, findings);
  checkDeleted(world, known, findings);
  return findings;
}

async function checkTask(known: Known, task: Shown, findings: Findings): Promise<void> {
  const { task_id: id, state, stage, error } = task;
  if (state === 4) findings.stuck.push(`${id} is ${stage}`);
  else if (state === 1) {
    findings.succeeded++;
    for (const [index, expected] of task.durations.entries()) {
      for (const url of [task.videos[index], task.combined_videos[index]]) {
        const fault = await checkVideo(url ?? "", expected);
        if (fault) findings.wrong.push(`${id}: ${url}: ${fault}`);
      }
    }
  } else {
    if (!error?.code || !error.message) findings.wrong.push(`${id} failed without a reason`);
    if (stage === "cancelled") {
      findings.cancelled++;
      if (!known.cancelled) findings.wrong.push(`${id} is cancelled and nobody asked for it`);
    } else {
      findings.failed++;
      if (error && !EXPLAINED.includes(error.code)) {
        findings.wrong.push(`${id}: no fault explains ${error.code}: ${error.message}`);
      }
    }
  }
}

/** What is wrong with a video: null where it decodes whole and is as long as it should be. */
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

/** Whether D1 shows each task as its object does, nothing else, and right totals. */
async function checkListing(world: World, alive: Map<string, Shown>, { wrong }: Findings): Promise<void> {
  interface Page {
    tasks: Shown[];
    total: number;
    next_cursor: string | null;
  }
  const listed: Shown[] = [];
  const page = async (query: string) => (await persist<Page>(world.origin, `/api/v1/tasks?${query}`)).data;
  let next: string | null = null;
  do {
    const found: Page = await page(`page_size=100${next === null ? "" : `&cursor=${encodeURIComponent(next)}`}`);
    listed.push(...found.tasks);
    if (found.total !== alive.size) wrong.push(`total is ${found.total}, and there are ${alive.size} tasks`);
    next = found.next_cursor;
  } while (next !== null);
  for (const state of [4, 1, -1]) {
    const { total } = await page(`state=${state}`);
    const count = [...alive.values()].filter((task) => task.state === state).length;
    if (total !== count) wrong.push(`total is ${total} for state ${state}, and there are ${count}`);
  }
  for (const row of listed) {
    const task = alive.get(row.task_id);
    if (!task) wrong.push(`D1 lists ${row.task_id}, which is not there`);
    else if (!isDeepStrictEqual(stable(row), stable(task))) {
      wrong.push(`D1 shows ${JSON.stringify(stable(row))}, and the task is ${JSON.stringify(stable(task))}`);
    }
  }
  for (const id of alive.keys()) {
    if (!listed.some((row) => row.task_id === id)) wrong.push(`D1 does not list ${id}`);
  }
}

/** What a list shows of a task too, and what does not change by itself. */
function stable({ queue_position: _, eta_seconds: __, webhooks: ___, ...rest }: Shown) {
  return rest;
}

function checkStorage(world: World, alive: Map<string, Shown>, { wrong }: Findings): void {
  const owners = new Set(storedKeys(world.state, "tasks/").map((key) => key.split("/")[1] ?? ""));
  for (const owner of owners) if (!alive.has(owner)) wrong.push(`R2 holds objects of ${owner}, which is not there`);
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
