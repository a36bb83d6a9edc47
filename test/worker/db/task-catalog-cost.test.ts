import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { TaskCatalog, type TaskQuery } from "../../../src/db/task-catalog.ts";
import { counted } from "../support/counted-database.ts";
import { prepareDatabase } from "../support/database.ts";
import { FIRST_CREATED_AT, fill, firstPage, MIXED, numbersOf, summary, uuid } from "../support/listed-tasks.ts";

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

test("each kind of page of 100,000 mixed tasks reads at most 10 rows more than it returns, and a write reads at most 10", async () => {
  // The last 40,000 tasks belong to 1,000 other owners, and so do 400 of the first 60,000.
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
  const after = { createdAt: FIRST_CREATED_AT + 50_000_000, id: uuid(50_000) };
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

test("a first page, a last page, a page past the end and a write read few rows of 100,000 tasks", async () => {
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
