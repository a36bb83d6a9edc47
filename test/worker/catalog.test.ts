import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { TaskCatalog } from "../../src/tasks/catalog.ts";
import type { TaskSummary } from "../../src/tasks/summary.ts";
import { bindings, call } from "./bindings.ts";
import { prepareDatabase } from "./database.ts";

const { DB } = bindings;
const catalog = new TaskCatalog(DB);
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
    error: null,
    ...{ created_at: time, updated_at: time },
    ...change,
  };
}

/** Puts so many tasks in at once; task `n` was created at second `n`. */
async function fill(count: number): Promise<void> {
  await DB.prepare(
    `WITH RECURSIVE counter(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter WHERE n + 1 < ?1)
     INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
     SELECT printf('00000000-0000-4000-8000-%012d', n), 'queued', 0,
       json_set(?2, '$.task_id', printf('00000000-0000-4000-8000-%012d', n)), ?3 + n * 1000, 1 FROM counter`,
  )
    .bind(count, JSON.stringify(summary(0)), start)
    .run();
}

/** D1 that keeps the rows each of its statements read, by D1's own count. */
function counted(): { database: D1Database; rowsRead: () => number } {
  let total = 0;
  const note = <T extends D1Result>(result: T): T => {
    total += result.meta.rows_read;
    return result;
  };
  const real = new WeakMap<object, D1PreparedStatement>();
  const statement = (target: D1PreparedStatement): D1PreparedStatement => {
    const proxy = {
      bind: (...values: unknown[]) => statement(target.bind(...values)),
      all: async () => note(await target.all()),
      run: async () => note(await target.run()),
      // D1's raw() answers without meta: the same statement is counted by all(), and answered as rows of values.
      raw: async () => {
        note(await target.all());
        return target.raw();
      },
    } as unknown as D1PreparedStatement;
    real.set(proxy, target);
    return proxy;
  };
  const wrap = (target: D1Database | D1DatabaseSession) => ({
    prepare: (sql: string) => statement(target.prepare(sql)),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await target.batch(statements.map((one) => real.get(one) ?? one));
      return results.map(note);
    },
  });
  const database = {
    ...wrap(DB),
    withSession: (bookmark: string) => {
      const session = DB.withSession(bookmark);
      return { ...wrap(session), getBookmark: () => session.getBookmark() };
    },
  } as unknown as D1Database;
  return { database, rowsRead: () => total };
}

describe("the total", () => {
  const total = async () => (await catalog.list(1, 1, null)).total;

  test("follows what is put and removed, and counts a task once", async () => {
    expect(await total()).toBe(0);
    await catalog.put(summary(1), 1);
    await catalog.put(summary(1, { progress: 5 }), 2);
    await catalog.put(summary(2), 1);
    expect(await total()).toBe(2);
    await catalog.remove(uuid(1));
    await catalog.remove(uuid(1));
    expect(await total()).toBe(1);
  });

  test("is the number of rows after a statement of many", async () => {
    await fill(500);
    expect(await total()).toBe(500);
    await DB.exec("DELETE FROM tasks WHERE created_at % 2000 = 0");
    expect(await total()).toBe(250);
  });
});

test("an older revision never overwrites a newer one", async () => {
  const shown = async () => (await catalog.list(1, 1, null)).tasks[0];
  await catalog.put(summary(1, { stage: "rendering", progress: 50 }), 7);
  await catalog.put(summary(1, { stage: "planning", progress: 1 }), 6);
  await catalog.put(summary(1, { stage: "planning", progress: 1 }), 7);
  expect(await shown()).toMatchObject({ stage: "rendering", progress: 50 });
  await catalog.put(summary(1, { stage: "succeeded", progress: 100 }), 8);
  expect(await shown()).toMatchObject({ stage: "succeeded", progress: 100 });
});

describe("pages", () => {
  test.each([1, 3, 7, 10, 23, 24, 100])("of %d tasks each hold every task once, newest first", async (pageSize) => {
    await fill(23);
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(23 / pageSize); page++) {
      const { tasks, total } = await catalog.list(page, pageSize, null);
      expect(total).toBe(23);
      expect(tasks.length).toBe(Math.min(pageSize, 23 - seen.length));
      seen.push(...tasks.map((task) => task.task_id));
    }
    expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => uuid(22 - index)));
  });

  test("past the end are empty", async () => {
    await fill(10);
    for (const page of [2, 3, 1_000_000])
      expect(await catalog.list(page, 10, null)).toMatchObject({ tasks: [], total: 10 });
  });

  test("tasks of the same millisecond have one order", async () => {
    for (const number of [3, 1, 2])
      await catalog.put(summary(number, { created_at: new Date(start).toISOString() }), 1);
    const { tasks } = await catalog.list(1, 10, null);
    expect(tasks.map((task) => task.task_id)).toEqual([uuid(3), uuid(2), uuid(1)]);
  });
});

test("with 100,000 tasks a first page, one past the end, and a write read few rows", async () => {
  await fill(100_000);
  for (const pageSize of [10, 100]) {
    const { database, rowsRead } = counted();
    const { tasks, total } = await new TaskCatalog(database).list(1, pageSize, null);
    expect([tasks.length, total, tasks[0]?.task_id]).toEqual([pageSize, 100_000, uuid(99_999)]);
    expect(rowsRead()).toBeGreaterThanOrEqual(pageSize);
    expect(rowsRead()).toBeLessThanOrEqual(pageSize + 10);
  }
  const past = counted();
  expect((await new TaskCatalog(past.database).list(10_001, 10, null)).tasks).toEqual([]);
  expect(past.rowsRead()).toBeLessThanOrEqual(10);
  const last = counted();
  expect((await new TaskCatalog(last.database).list(10_000, 10, null)).tasks.at(-1)?.task_id).toBe(uuid(0));
  expect(last.rowsRead()).toBeLessThanOrEqual(20);
  const written = counted();
  await new TaskCatalog(written.database).put(summary(100_001), 1);
  await new TaskCatalog(written.database).remove(uuid(5));
  expect(written.rowsRead()).toBeLessThanOrEqual(20);
}, 60_000);

describe("GET /api/v1/tasks", () => {
  interface Page {
    tasks: { task_id: string; state: number; videos: string[] }[];
    total: number;
    page: number;
    page_size: number;
  }

  test("answers a page with the contract's fields and defaults", async () => {
    await catalog.put(summary(1, { stage: "succeeded", progress: 100, video_count: 2 }), 1);
    const { data, headers } = await call<Page>("/api/v1/tasks");
    expect(data).toMatchObject({ total: 1, page: 1, page_size: 10 });
    expect(data.tasks).toMatchObject([
      {
        task_id: uuid(1),
        state: 1,
        progress: 100,
        videos: [1, 2].map((number) => `http://edgereel.test/tasks/${uuid(1)}/final-${number}.mp4`),
        combined_videos: [1, 2].map((number) => `http://edgereel.test/tasks/${uuid(1)}/combined-${number}.mp4`),
      },
    ]);
    const bookmark = headers.get("x-d1-bookmark") ?? "";
    expect((await call<Page>("/api/v1/tasks", { headers: { "x-d1-bookmark": bookmark } })).data).toEqual(data);
  });

  test.each([
    ["page=0", "page"],
    ["page=-1", "page"],
    ["page=1.5", "page"],
    ["page=x", "page"],
    ["page=", "page"],
    ["page=1&page=2", "page"],
    ["page_size=0", "page_size"],
    ["page_size=101", "page_size"],
    ["page_size=ten", "page_size"],
    ["page=99999999999", "page"],
  ])("%s is refused by name", async (query, field) => {
    const { status, message, data } = await call(`/api/v1/tasks?${query}`);
    expect([status, data]).toEqual([400, null]);
    expect(message).toMatch(new RegExp(`^${field}: `));
  });

  test("a bookmark that is none does no harm", async () => {
    for (const bookmark of ["'; DROP TABLE tasks", "x".repeat(500), "first-primary"]) {
      expect((await call<Page>("/api/v1/tasks", { headers: { "x-d1-bookmark": bookmark } })).status).toBe(200);
    }
  });
});
