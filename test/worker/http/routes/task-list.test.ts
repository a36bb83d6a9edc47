import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { call } from "../../support/bindings.ts";
import { prepareDatabase } from "../../support/database.ts";
import { fill, MIXED, put, summary, uuid } from "../../support/listed-tasks.ts";

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

interface Page {
  tasks: { task_id: string; state: number; videos: string[] }[];
  total: number;
  page: number;
  page_size: number;
}

test("GET /api/v1/tasks returns a page with the documented fields and defaults", async () => {
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

test("GET /api/v1/tasks filters by state, sorts, and continues after a cursor", async () => {
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

test("GET /api/v1/tasks lists and counts only tasks whose subject has the searched text, in any case", async () => {
  const subjects = ["The sea", "Deep SEA life", "100% of _trees_", "Seas and seasons", "Деревья"];
  for (const [index, video_subject] of subjects.entries()) await put(summary(index, { video_subject }), 1);
  const search = async (text: string, more = "") => {
    const found = await call<Page>(`/api/v1/tasks?search=${encodeURIComponent(text)}${more}`);
    return [found.data.total, ...found.data.tasks.map(({ task_id }) => Number(task_id.slice(-12)))];
  };
  expect(await search("sea")).toEqual([3, 3, 1, 0]);
  expect(await search("sea", "&page_size=1&page=2")).toEqual([3, 1]);
  expect(await search("sea", "&state=1")).toEqual([0]);
  expect(await search("0% of _")).toEqual([1, 2]);
  expect(await search("Деревья")).toEqual([1, 4]);
  expect(await search("")).toEqual([5, 4, 3, 2, 1, 0]);
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
  ["page_size=1001", "page_size"],
  ["page_size=ten", "page_size"],
  ["page=99999999999", "page"],
])("GET /api/v1/tasks?%s is refused with the parameter's name", async (query, field) => {
  const { status, message, data } = await call(`/api/v1/tasks?${query}`);
  expect([status, data]).toEqual([400, null]);
  expect(message).toMatch(new RegExp(`^${field}: `));
});

test("GET /api/v1/tasks accepts an invalid D1 bookmark", async () => {
  for (const bookmark of ["'; DROP TABLE tasks", "x".repeat(500), "first-primary"]) {
    expect((await call<Page>("/api/v1/tasks", { headers: { "x-d1-bookmark": bookmark } })).status).toBe(200);
  }
});
