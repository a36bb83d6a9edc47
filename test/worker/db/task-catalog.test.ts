import { applyD1Migrations, type D1Migration, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { type Stage, stages, stateCode } from "../../../src/api/task-state.ts";
import { TaskCatalog } from "../../../src/db/task-catalog.ts";
import { bindings } from "../support/bindings.ts";
import { counted } from "../support/counted-database.ts";
import { prepareDatabase } from "../support/database.ts";
import {
  catalog,
  FIRST_CREATED_AT,
  fill,
  firstPage,
  MIXED,
  numbersOf,
  put,
  summary,
  uuid,
} from "../support/listed-tasks.ts";

const { DB } = bindings;

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

test("the migration to owners gives existing rows to the default owner and counts them", async () => {
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
      insert.bind(uuid(number), stage, JSON.stringify(summary(number, { stage })), FIRST_CREATED_AT + number * 1000),
    ),
  );
  await DB.exec("INSERT INTO media VALUES ('1', 'musics', 'a.mp3', 'k', 70, '', '{}', 0, NULL)");
  await applyD1Migrations(DB, TEST_MIGRATIONS);
  expect(await DB.prepare("SELECT * FROM owner_totals").all()).toMatchObject({
    results: [{ owner: DEFAULT_OWNER, tasks: 4, processing: 1, succeeded: 1, failed: 2, bytes: 70 }],
  });
  expect(numbersOf(await catalog.list(firstPage(10), null))).toEqual([3, 2, 1, 0]);
});

const total = async () => (await catalog.list(firstPage(1), null)).total;

test("the total follows added and removed tasks, and counts each task once", async () => {
  expect(await total()).toBe(0);
  await put(summary(1), 1);
  await put(summary(1, { progress: 5 }), 2);
  await put(summary(2), 1);
  expect(await total()).toBe(2);
  await catalog.remove(uuid(1));
  await catalog.remove(uuid(1));
  expect(await total()).toBe(1);
});

test("the total stays correct after a statement that changes many rows", async () => {
  await fill(500);
  expect(await total()).toBe(500);
  await DB.exec("DELETE FROM tasks WHERE created_at % 2000 = 0");
  expect(await total()).toBe(250);
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

test.each([1, 3, 7, 10, 23, 24, 100])("pages of %d tasks show every task once, newest first", async (pageSize) => {
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

test("pages past the end are empty", async () => {
  await fill(10);
  for (const page of [2, 3, 1_000_000])
    expect(await catalog.list({ ...firstPage(10), from: { page } }, null)).toMatchObject({ tasks: [], total: 10 });
});

test("tasks created in the same millisecond are listed in a fixed order", async () => {
  for (const number of [3, 1, 2])
    await put(summary(number, { created_at: new Date(FIRST_CREATED_AT).toISOString() }), 1);
  const { tasks } = await catalog.list(firstPage(10), null);
  expect(tasks.map((task) => task.task_id)).toEqual([uuid(3), uuid(2), uuid(1)]);
});

const totals = async () => {
  const all: number[] = [];
  for (const state of [null, 4, 1, -1] as const) all.push((await catalog.list({ ...firstPage(1), state }, null)).total);
  return all;
};

test("the total of a state follows each task through its stages and its removal", async () => {
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

test("the total of a state stays correct after statements that change many rows", async () => {
  await fill(400, MIXED);
  expect(await totals()).toEqual([400, 100, 100, 200]);
  await DB.exec("UPDATE tasks SET stage = 'succeeded' WHERE stage = 'queued' AND created_at % 8000 = 3000");
  await DB.exec("DELETE FROM tasks WHERE stage = 'failed'");
  expect(await totals()).toEqual([300, 50, 150, 100]);
});

test("each stage is stored with the state number that the API shows", async () => {
  for (const [index, stage] of stages.entries()) await put(summary(index, { stage }), 1);
  const { results } = await DB.prepare("SELECT stage, state FROM tasks").all<{ stage: Stage; state: number }>();
  expect(results).toHaveLength(stages.length);
  for (const { stage, state } of results) expect(state, stage).toBe(stateCode(stage));
});

test.each([
  ["desc", null],
  ["asc", null],
  ["desc", -1],
  ["asc", 4],
] as const)(
  "a cursor list with order %s and state %s shows every task once, even while tasks are added and removed",
  async (order, state) => {
    await fill(61, MIXED);
    const query = { ...firstPage(7), order, state };
    const expected = Array.from({ length: 61 }, (_, number) => number)
      .filter((number) => state === null || (state === 4 ? number % 4 === 3 : number % 4 === 1 || number % 4 === 2))
      .toSorted((a, b) => (order === "desc" ? b - a : a - b));
    let page = await catalog.list(query, null);
    const seen = numbersOf(page);
    for (let round = 0; page.next; round++) {
      // Neither a newer task nor the removal of a seen task moves the rest of the list.
      if (order === "desc") await put(summary(1000 + round), 1);
      await catalog.remove(uuid(seen[0] ?? 0));
      page = await catalog.list({ ...query, from: { after: page.next } }, null);
      seen.push(...numbersOf(page));
    }
    expect(seen).toEqual(expected);
  },
);

test("a cursor continues after a numbered page, and the last page has no next cursor", async () => {
  await fill(20);
  const second = await catalog.list({ ...firstPage(5), from: { page: 2 } }, null);
  if (!second.next) throw new Error("there is a third page");
  const third = await catalog.list({ ...firstPage(5), from: { after: second.next } }, null);
  expect(numbersOf(third)).toEqual([9, 8, 7, 6, 5]);
  expect((await catalog.list({ ...firstPage(5), from: { page: 4 } }, null)).next).toBeNull();
  expect((await catalog.list(firstPage(20), null)).next).toBeNull();
});

test("the state filter and the order apply to every numbered page", async () => {
  await fill(23, MIXED);
  const seen: number[] = [];
  for (const page of [1, 2, 3]) {
    const found = await catalog.list(
      { owner: DEFAULT_OWNER, state: -1, search: null, order: "asc", pageSize: 5, from: { page } },
      null,
    );
    expect(found.total).toBe(12);
    seen.push(...numbersOf(found));
  }
  expect(seen).toEqual([1, 2, 5, 6, 9, 10, 13, 14, 17, 18, 21, 22]);
});

test("the queue position counts earlier unfinished tasks, and is null above 100", async () => {
  await fill(800, MIXED);
  const position = (number: number) =>
    catalog.queuePosition({ createdAt: FIRST_CREATED_AT + number * 1000, id: uuid(number) });
  expect([await position(3), await position(7), await position(395)]).toEqual([1, 2, 99]);
  expect([await position(399), await position(403), await position(799)]).toEqual([100, null, null]);
  const { database, rowsRead } = counted();
  await new TaskCatalog(database).queuePosition({ createdAt: FIRST_CREATED_AT + 799_000, id: uuid(799) });
  expect(rowsRead()).toBeLessThanOrEqual(101);
});
