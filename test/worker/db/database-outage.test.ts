import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TaskCatalog } from "../../../src/db/task-catalog.ts";
import { createApp } from "../../../src/http/app.ts";
import { ListingOutbox } from "../../../src/tasks/object/listing-outbox.ts";
import { NO_WORK } from "../../../src/tasks/object/task-reader.ts";
import { newRecord } from "../../../src/tasks/object/task-record.ts";
import { summarize } from "../../../src/tasks/view/task-data.ts";
import { bindings, call } from "../support/bindings.ts";
import { clearStorage, hideTables } from "../support/database.ts";
import { heldClock, holdTask, taskInput } from "../support/tasks.ts";
import { standInFile, upload } from "../support/uploads.ts";

const { DB, MEDIA } = bindings;
const TABLES = ["media", "tasks", "owner_totals"];
heldClock();

beforeEach(clearStorage);
afterEach(() => back());

let back = async () => {};
async function away(): Promise<void> {
  back = await hideTables(...TABLES);
}

const create = (key: string) =>
  call<{ task_id: string }>("/api/v1/videos", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": key },
    body: JSON.stringify({ video_materials: [{ url: "a.mp4" }] }),
  });
const total = async () => (await call<{ total: number }>("/api/v1/tasks")).data.total;
const unavailable = ({ status, message, data, headers }: Awaited<ReturnType<typeof call>>) => {
  expect([status, data, headers.get("retry-after")]).toEqual([503, null, "5"]);
  expect(message).toBe("the database did not answer; try again");
};

test("a create request answers 503 during a D1 outage, and its retries create exactly one task afterwards", async () => {
  await upload("video_materials", "a.mp4");
  const key = crypto.randomUUID();
  await away();
  for (const answer of await Promise.all([create(key), create(key)])) unavailable(answer);
  await back();
  expect(await total()).toBe(0);
  const made = await Promise.all([create(key), create(key), create(key)]);
  expect(new Set(made.map(({ status, data }) => `${status} ${data.task_id}`)).size).toBe(1);
  expect(await total()).toBe(1);
});

test.each(["/api/v1/tasks", "/api/v1/tasks?page=2", "/api/v1/video_materials", "/api/v1/fonts", "/metrics"])(
  "%s answers 503 during a D1 outage",
  async (path) => {
    await away();
    unavailable(await call(path));
  },
);

test("an upload answers 503 during a D1 outage, and its file is not listed", async () => {
  await away();
  unavailable(await upload("video_materials", "b.mp4"));
  await back();
  expect((await call("/api/v1/video_materials")).data).toEqual({ files: [] });
});

test("a task with a quota is not created during a D1 outage, and a retry afterwards creates it", async () => {
  const { id, stub } = await holdTask();
  const admission = { owner: "alice", quota: 1 };
  await away();
  expect(await stub.create(id, taskInput(), "a request", admission)).toBe("unavailable");
  expect(await stub.get()).toBeNull();
  await back();
  expect(await DB.prepare("SELECT count(*) AS n FROM tasks").first("n")).toBe(0);
  expect(await stub.create(id, taskInput(), "a request", admission)).toBe("same");
  expect(await stub.get("alice")).toMatchObject({ stage: "queued" });
  expect(await DB.prepare("SELECT count(*) AS n FROM tasks").first("n")).toBe(1);
});

/** A D1 that runs every statement, but loses its response to the first batch. */
function deaf(): D1Database {
  let lost = false;
  const batch: D1Database["batch"] = async <T>(statements: D1PreparedStatement[]) => {
    const results = await DB.batch<T>(statements);
    if (lost) return results;
    lost = true;
    throw new Error("D1_ERROR: Network connection lost.");
  };
  return { prepare: (sql: string) => DB.prepare(sql), batch } as unknown as D1Database;
}

test("a task's row is removed again if D1's response is lost and the task is not created", async () => {
  const id = crypto.randomUUID();
  const record = newRecord(id, Date.now(), null, "alice");
  const summary = summarize(record, NO_WORK, taskInput(), [], null);
  const row = () => DB.prepare("SELECT stage FROM tasks WHERE id = ?").bind(id).first("stage");
  const outbox = new ListingOutbox(new TaskCatalog(deaf()));
  const admission = { owner: "alice", quota: 1 };
  expect(await outbox.enter(record, summary, admission, () => true)).toBe("unavailable");
  expect(await row()).toBeNull();
  expect(await outbox.enter(record, summary, admission, () => true)).toBe("listed");
  expect(await row()).toBe("queued");
  // If another request has created the task, its row stays.
  const later = new ListingOutbox(new TaskCatalog(deaf()));
  expect(await later.enter(record, summary, admission, () => false)).toBe("unavailable");
  expect(await row()).toBe("queued");
});

test("an upload keeps its bytes if D1 stored its row but the response was lost", async () => {
  const form = new FormData();

  form.append("file", new File([standInFile()], "c.mp4"));
  const request = new Request("http://edgereel.test/api/v1/video_materials", { method: "POST", body: form });
  const answer = await createApp().fetch(request, { ...bindings, DB: deaf() }, createExecutionContext());
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  expect((await call("/api/v1/video_materials")).data).toMatchObject({ files: [{ name: "c.mp4" }] });
  expect((await MEDIA.list({ prefix: "video_materials/" })).objects).toHaveLength(1);
});
