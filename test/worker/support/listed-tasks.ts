import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { TaskCatalog, type TaskPage, type TaskQuery } from "../../../src/db/task-catalog.ts";
import type { TaskSummary } from "../../../src/db/task-summary.ts";
import { bindings } from "./bindings.ts";

const { DB } = bindings;

/** When task 0 was created, in Unix milliseconds. */
export const FIRST_CREATED_AT = Date.parse("2026-11-01T00:00:00.000Z");

/** The id of task `number`. */
export const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

/** The listed summary of task `number`, which was created at second `number`. */
export function summary(number: number, change: Partial<TaskSummary> = {}): TaskSummary {
  const time = new Date(FIRST_CREATED_AT + number * 1000).toISOString();
  return {
    ...{ task_id: uuid(number), stage: "queued", progress: 0, video_subject: "", video_count: 1, renderer: null },
    ...{ width: null, height: null, durations: [], captioned: [], caption_timing: null, illustrated: [], streams: [] },
    segments: { total: 0, finished: 0 },
    failure: null,
    authored: null,
    ...{ stop_at: "video", outputs: ["final", "combined"] },
    ...{ attempts: 1, revision: 1, pace: null },
    ...{ created_at: time, updated_at: time },
    ...change,
  };
}

/** A query for the first page of a list, newest first. */
export const firstPage = (pageSize: number): TaskQuery => ({
  owner: DEFAULT_OWNER,
  state: null,
  search: null,
  order: "desc",
  pageSize,
  from: { page: 1 },
});

/** Inserts `count` tasks with one statement. Task `n` was created at second `n`; `stage` and `owner` are SQL expressions. */
export async function fill(count: number, stage = "'queued'", owner = `'${DEFAULT_OWNER}'`): Promise<void> {
  await DB.prepare(
    `WITH RECURSIVE counter(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n + 1 < ?1)
     INSERT INTO tasks (id, owner, stage, progress, summary, created_at, revision)
     SELECT printf('00000000-0000-4000-8000-%012d', n), ${owner}, ${stage}, 0,
       json_set(?2, '$.task_id', printf('00000000-0000-4000-8000-%012d', n), '$.stage', ${stage}), ?3 + n * 1000, 1 FROM counter`,
  )
    .bind(count, JSON.stringify(summary(0)), FIRST_CREATED_AT)
    .run();
}

/** An SQL expression for {@link fill}: every fourth task in each stage; tasks 3, 7 … are queued. */
export const MIXED =
  "CASE n % 4 WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'cancelled' ELSE 'queued' END";

/** The numbers of the tasks on a page. */
export const numbersOf = (page: TaskPage) => page.tasks.map((task) => Number(task.task_id.slice(-12)));
/** The listing index. */
export const catalog = new TaskCatalog(DB);

/** Writes the row of a task. */
export const put = (shown: TaskSummary, revision: number, owner = DEFAULT_OWNER) => catalog.put(shown, revision, owner);
