import { applyD1Migrations, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { type Stage, stages, stateCode } from "../../src/api/task-state.ts";
import { DEFAULT_OWNER } from "../../src/auth/owner.ts";
import { TaskCatalog, type TaskPage, type TaskQuery } from "../../src/db/task-catalog.ts";
import type { TaskSummary } from "../../src/db/task-summary.ts";
import { bindings, call } from "./bindings.ts";
import { counted } from "./counted-database.ts";
import { prepareDatabase } from "./database.ts";

const { DB } = bindings;
const catalog = new TaskCatalog(DB);
const put = (shown: TaskSummary, revision: number, owner = DEFAULT_OWNER) => catalog.put(shown, revision, owner);
const start = Date.parse("2026-11-01T00:00:00.000Z");
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

test("what was there before there were owners is the default owner's, and counted", async () => {
  const { TEST_MIGRATIONS } = env as unknown as { TEST_MIGRATIONS: D1Migration[] };
  const first = TEST_MIGRATIONS.findIndex(({ name }) => name.includes("owners-and-keys"));
  expect(first).toBeGreaterThan(0);
  await reset();
  await applyD1Migrations(DB, TEST_MIGRATIONS.slice(0, first));
  const insert = DB.prepare(
    "INSERT INTO tasks (id, stage, progress, summary, created_at, revision) VALUES (?, ?, 0, ?, ?, 1)",
  );
  await DB.batch(
    (["queued", "succeeded", "failed", "failed"] as const).map((stage, number) =>
      insert.bind(uuid(number), stage, JSON.stringify(summary(number, { stage })), start + number * 1000),
    ),
  );
  await DB.exec("INSERT INTO media VALUES ('1', 'musics', 'a.mp3', 'k', 70, '', '{}', 0, NULL)");
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  expect(await DB.prepare("SELECT * FROM owner_totals").all()).toMatchObject({
    results: [{ owner: DEFAULT_OWNER, tasks: 4, processing: 1, succeeded: 1, failed: 2, bytes: 70 }],
  });
  expect(numbersOf(await catalog.list(firstPage(10), null))).toEqual([3, 2, 1, 0]);
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

describe("the total", () => {
  const total = async () => (await catalog.list(firstPage(1), null)).total;

  test("follows what is put and removed, and counts a task once", async () => {
    expect(await total()).toBe(0);
    await put(summary(1), 1);
    await put(summary(1, { progress: 5 }), 2);
    await put(summary(2), 1);
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
  const shown = async () => (await catalog.list(firstPage(1), null)).tasks[0];
  await put(summary(1, { stage: "rendering", progress: 50 }), 7);
  await put(summary(1, { stage: "planning", progress: 1 }), 6);
  await put(summary(1, { stage: "planning", progress: 1 }), 7);
  expect(await shown()).toMatchObject({ stage: "rendering", progress: 50 });
  await put(summary(1, { stage: "succeeded", progress: 100 }), 8);
  expect(await shown()).toMatchObject({ stage: "succeeded", progress: 100 });
});

describe("pages", () => {
  test.each([1, 3, 7, 10, 23, 24, 100])("of %d tasks each hold every task once, newest first", async (pageSize) => {
    await fill(23);
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(23 / pageSize); page++) {
      const { tasks, total } = await catalog.list({ ...firstPage(pageSize), from: { page } }, null);
      expect(total).toBe(23);
      expect(tasks.length).toBe(Math.min(pageSize, 23 - seen.length));
      seen.push(...tasks.map((task) => task.task_id));
    }
    expect(seen).toEqual(Array.from({ length: 23 }, (_, index) => uuid(22 - index)));
  });

  test("past the end are empty", async () => {
    await fill(10);
    for (const page of [2, 3, 1_000_000])
      expect(await catalog.list({ ...firstPage(10), from: { page } }, null)).toMatchObject({ tasks: [], total: 10 });
  });

  test("tasks of the same millisecond have one order", async () => {
    for (const number of [3, 1, 2]) await put(summary(number, { created_at: new Date(start).toISOString() }), 1);
    const { tasks } = await catalog.list(firstPage(10), null);
    expect(tasks.map((task) => task.task_id)).toEqual([uuid(3), uuid(2), uuid(1)]);
  });
});

/** Every fourth task of each stage: 3, 7 … queued. */
const MIXED = "CASE n % 4 WHEN 0 THEN 'succeeded' WHEN 1 THEN 'failed' WHEN 2 THEN 'cancelled' ELSE 'queued' END";
const numbersOf = (page: TaskPage) => page.tasks.map((task) => Number(task.task_id.slice(-12)));

describe("the total of a state", () => {
  const totals = async () => {
    const all: number[] = [];
    for (const state of [null, 4, 1, -1] as const)
      all.push((await catalog.list({ ...firstPage(1), state }, null)).total);
    return all;
  };

  test("follows each task through its stages and out", async () => {
    for (const number of [1, 2, 3]) await put(summary(number), 1);
    expect(await totals()).toEqual([3, 3, 0, 0]);
    await put(summary(1, { stage: "rendering" }), 2);
    await put(summary(1, { stage: "succeeded" }), 3);
    await put(summary(2, { stage: "failed" }), 2);
    await put(summary(3, { stage: "cancelled" }), 2);
    expect(await totals()).toEqual([3, 0, 1, 2]);
    await put(summary(2, { stage: "queued" }), 3);
    await put(summary(2, { stage: "cancelled" }), 2);
    await catalog.remove(uuid(3));
    expect(await totals()).toEqual([2, 1, 1, 0]);
  });

  test("is the number of rows after statements of many", async () => {
    await fill(400, MIXED);
    expect(await totals()).toEqual([400, 100, 100, 200]);
    await DB.exec("UPDATE tasks SET stage = 'succeeded' WHERE stage = 'queued' AND created_at % 8000 = 3000");
    await DB.exec("DELETE FROM tasks WHERE stage = 'failed'");
    expect(await totals()).toEqual([300, 50, 150, 100]);
  });

  test("is the contract's number for every stage", async () => {
    for (const [index, stage] of stages.entries()) await put(summary(index, { stage }), 1);
    const { results } = await DB.prepare("SELECT stage, state FROM tasks").all<{ stage: Stage; state: number }>();
    expect(results).toHaveLength(stages.length);
    for (const { stage, state } of results) expect(state, stage).toBe(stateCode(stage));
  });
});

describe("a list by cursor", () => {
  test.each([
    ["desc", null],
    ["asc", null],
    ["desc", -1],
    ["asc", 4],
  ] as const)("in order %s of state %s holds every task once, also while others come and go", async (order, state) => {
    await fill(61, MIXED);
    const query = { ...firstPage(7), order, state };
    const expected = Array.from({ length: 61 }, (_, number) => number)
      .filter((number) => state === null || (state === 4 ? number % 4 === 3 : number % 4 === 1 || number % 4 === 2))
      .toSorted((a, b) => (order === "desc" ? b - a : a - b));
    let page = await catalog.list(query, null);
    const seen = numbersOf(page);
    for (let round = 0; page.next; round++) {
      // A newer task, and one that was seen is gone: neither moves what is still to come.
      if (order === "desc") await put(summary(1000 + round), 1);
      await catalog.remove(uuid(seen[0] ?? 0));
      page = await catalog.list({ ...query, from: { after: page.next } }, null);
      seen.push(...numbersOf(page));
    }
    expect(seen).toEqual(expected);
  });

  test("goes on from any page by number, and ends where the tasks do", async () => {
    await fill(20);
    const second = await catalog.list({ ...firstPage(5), from: { page: 2 } }, null);
    if (!second.next) throw new Error("there is a third page");
    const third = await catalog.list({ ...firstPage(5), from: { after: second.next } }, null);
    expect(numbersOf(third)).toEqual([9, 8, 7, 6, 5]);
    expect((await catalog.list({ ...firstPage(5), from: { page: 4 } }, null)).next).toBeNull();
    expect((await catalog.list(firstPage(20), null)).next).toBeNull();
  });
});

test("a filter and an order hold on every page by number", async () => {
  await fill(23, MIXED);
  const seen: number[] = [];
  for (const page of [1, 2, 3]) {
    const found = await catalog.list(
      { owner: DEFAULT_OWNER, state: -1, order: "asc", pageSize: 5, from: { page } },
      null,
    );
    expect(found.total).toBe(12);
    seen.push(...numbersOf(found));
  }
  expect(seen).toEqual([1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22]);
});

test("the place in the queue counts the earlier tasks that have not ended, up to a hundred", async () => {
  await fill(800, MIXED);
  const position = (number: number) => catalog.queuePosition({ createdAt: start + number * 1000, id: uuid(number) });
  expect([await position(3), await position(7), await position(395)]).toEqual([1, 2, 99]);
  expect([await position(399), await position(403), await position(799)]).toEqual([100, null, null]);
  const { database, rowsRead } = counted();
  await new TaskCatalog(database).queuePosition({ createdAt: start + 799_000, id: uuid(799) });
  expect(rowsRead()).toBeLessThanOrEqual(101);
});

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

describe("GET /api/v1/tasks", () => {
  interface Page {
    tasks: { task_id: string; state: number; videos: string[] }[];
    total: number;
    page: number;
    page_size: number;
  }

  test("answers a page with the contract's fields and defaults", async () => {
    await put(summary(1, { stage: "succeeded", progress: 100, video_count: 2 }), 1);
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

  test("answers a state, an order, and the page after a cursor", async () => {
    await fill(8, MIXED);
    interface Cursored extends Page {
      next_cursor: string | null;
    }
    const first = (await call<Cursored>("/api/v1/tasks?state=-1&order=asc&page_size=3")).data;
    expect(first).toMatchObject({ total: 4, page: 1, page_size: 3 });
    expect(first.tasks.map(({ task_id, state }) => [task_id, state])).toEqual([1, 2, 5].map((n) => [uuid(n), -1]));
    const query = `state=-1&order=asc&page_size=3&cursor=${first.next_cursor}`;
    const second = (await call<Cursored>(`/api/v1/tasks?${query}`)).data;
    expect(second).toMatchObject({ total: 4, page: null, page_size: 3, next_cursor: null });
    expect(second.tasks.map(({ task_id }) => task_id)).toEqual([uuid(6)]);
  });

  test.each([
    ["state=2", "state"],
    ["state=", "state"],
    ["state=1&state=4", "state"],
    ["order=up", "order"],
    ["cursor=", "cursor"],
    ["cursor=x", "cursor"],
    ["cursor=MS4n", "cursor"],
    [`cursor=${"A".repeat(201)}`, "cursor"],
    ["cursor=MTAw&page=2", "cursor"],
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
