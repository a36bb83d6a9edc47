import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { TaskCatalog, type TaskPage, type TaskQuery } from "../../../src/db/task-catalog.ts";
import type { TaskSummary } from "../../../src/db/task-summary.ts";
import { bindings } from "../support/bindings.ts";
import { counted } from "../support/counted-database.ts";
import { prepareDatabase } from "../support/database.ts";

const { DB } = bindings;
const start = Date.parse("2026-11-01T00:00:00.000Z");
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

function summary(number: number, change: Partial<TaskSummary> = {}): TaskSummary {
  const time = new Date(start + number * 1000).toISOString();
  return {
    ...{ task_id: uuid(number), stage: "queued", progress: 0, video_subject: "", video_count: 1, renderer: null },
    ...{ width: null, height: null, durations: [], captioned: [], illustrated: [], streams: [] },
    segments: { total: 0, finished: 0 },
    failure: null,
    ...{ attempts: 1, revision: 1, pace: null },
    ...{ created_at: time, updated_at: time },
    ...change,
  };
}

const firstPage = (pageSize: number): TaskQuery => ({
  owner: DEFAULT_OWNER,
  state: null,
  order: "desc",
  pageSize,
  from: { page: 1 },
});

/** Puts so many tasks in at once; task `n` was created at second `n`, and its stage and owner are the SQL expressions'. */
async function fill(count: number, stage = "'queued'", owner = `'${DEFAULT_OWNER}'`): Promise<void> {
  await DB.prepare(
    `WITH RECURSIVE counter(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n + 1 < ?1)
     INSERT INTO tasks (id, owner, stage, progress, summary, created_at, revision)
     SELECT printf('00000000-0000-4000-8000-%012d', n), ${owner}, ${stage}, 0,
       json_set(?2, '$.task_id', printf('00000000-0000-4000-8000-%012d', n), '$.stage', ${stage}), ?3 + n * 1000, 1 FROM counter`,
  )
    .bind(count, JSON.stringify(summary(0)), start)
    .run();
}

/** Every fourth task of each stage: 3, 7 … queued. */
const MIXED = "CASE n % 4 WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'cancelled' ELSE 'queued' END";
const numbersOf = (page: TaskPage) => page.tasks.map((task) => Number(task.task_id.slice(-12)));

test("with 100,000 tasks of mixed states and a thousand owners each kind of page reads about as many rows as it answers", async () => {
  // The last 40,000 are a thousand others' tasks, and so are 400 between the rest.
  const others = "CASE WHEN n >= 60000 OR n % 150 = 0 THEN 'owner-' || (n % 1000) ELSE 'default' END";
  await fill(100_000, MIXED, others);
  const table: Record<string, number> = {};
  const measure = async (name: string, query: TaskQuery, first: number) => {
    const { database, rowsRead } = counted();
    const page = await new TaskCatalog(database).list(query, null);
    expect([page.tasks.length, numbersOf(page)[0]], name).toEqual([query.pageSize, first]);
    expect(rowsRead(), name).toBeGreaterThanOrEqual(query.pageSize);
    expect(rowsRead(), name).toBeLessThanOrEqual(query.pageSize + 10);
    table[name] = rowsRead();
  };
  const after = { createdAt: start + 50_000_000, id: uuid(50_000) };
  await measure("page 1", firstPage(100), 59_999);
  await measure("page 1, oldest first", { ...firstPage(100), order: "asc" }, 1);
  await measure("page 1 of state -1", { ...firstPage(100), state: -1 }, 59_998);
  await measure("page 1 of state 1, oldest first", { ...firstPage(100), state: 1, order: "asc" }, 4);
  await measure("a cursor in the middle", { ...firstPage(100), from: { after } }, 49_999);
  await measure("a cursor in the middle of state 4", { ...firstPage(100), state: 4, from: { after } }, 49_999);
  await measure("page 1 of an owner of 40", { ...firstPage(30), owner: "owner-7" }, 99_007);
  const { database, rowsRead } = counted();
  const writes = new TaskCatalog(database);
  expect(await writes.admit(summary(100_001), 1, { owner: DEFAULT_OWNER, quota: 100_000 })).toBe(true);
  table.create = rowsRead();
  await writes.put(summary(100_001, { stage: "succeeded" }), 2, DEFAULT_OWNER);
  table.end = rowsRead() - (table.create ?? 0);
  await writes.remove(uuid(5));
  table.delete = rowsRead() - (table.create ?? 0) - table.end;
  const before = rowsRead();
  expect(await writes.admit(summary(100_002), 1, { owner: "owner-7", quota: 10 })).toBe(false);
  table.refuse = rowsRead() - before;
  for (const name of ["create", "end", "delete", "refuse"]) expect(table[name], name).toBeLessThanOrEqual(10);
  console.log(`rows_read with 100,000 tasks, page_size 100: ${JSON.stringify(table)}`);
}, 60_000);

test("with 100,000 tasks a first page, one past the end, and a write read few rows", async () => {
  await fill(100_000);
  for (const pageSize of [10, 100]) {
    const { database, rowsRead } = counted();
    const { tasks, total } = await new TaskCatalog(database).list(firstPage(pageSize), null);
    expect([tasks.length, total, tasks[0]?.task_id]).toEqual([pageSize, 100_000, uuid(99_999)]);
    expect(rowsRead()).toBeGreaterThanOrEqual(pageSize);
    expect(rowsRead()).toBeLessThanOrEqual(pageSize + 10);
  }
  const past = counted();
  expect((await new TaskCatalog(past.database).list({ ...firstPage(10), from: { page: 10_001 } }, null)).tasks).toEqual(
    [],
  );
  expect(past.rowsRead()).toBeLessThanOrEqual(10);
  const last = counted();
  expect(
    (await new TaskCatalog(last.database).list({ ...firstPage(10), from: { page: 10_000 } }, null)).tasks.at(-1)
      ?.task_id,
  ).toBe(uuid(0));
  expect(last.rowsRead()).toBeLessThanOrEqual(20);
  const written = counted();
  await new TaskCatalog(written.database).put(summary(100_001), 1, DEFAULT_OWNER);
  await new TaskCatalog(written.database).remove(uuid(5));
  expect(written.rowsRead()).toBeLessThanOrEqual(20);
}, 60_000);
