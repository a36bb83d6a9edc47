import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/index.ts";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { createTask, type HeldTask, heldClock, plannedTask } from "../support/tasks.ts";

const { DB, MEDIA } = bindings;
const HOUR = 3600_000;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

/** What the cron trigger does; returns the line that each sweep logged. */
async function sweep(change: object = {}): Promise<Record<string, Record<string, unknown>>> {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  lines.mockClear();
  await worker.scheduled?.(createScheduledController(), { ...bindings, ...change } as Env);
  const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return Object.fromEntries(logged.filter(({ event }) => event === "sweep").map((line) => [line.sweep, line]));
}

const stored = async (prefix = "") => (await MEDIA.list({ prefix })).objects.map(({ key }) => key);
const row = (id: string) => DB.prepare("SELECT stage, revision FROM tasks WHERE id = ?").bind(id).first();
const findings = async () => {
  const { results } = await DB.prepare("SELECT name, value FROM counters WHERE name LIKE 'sweep_findings:%'").run();
  return Object.fromEntries(results.map(({ name, value }) => [String(name).replace("sweep_findings:", ""), value]));
};

async function endedTask(): Promise<HeldTask> {
  const task = await createTask();
  await task.stub.cancel();
  await MEDIA.put(`tasks/${task.id}/segments/a.mp4`, "x");
  return task;
}

test("objects of tasks go where there is no such task, once they are older than the grace period, and stay where there is one", async () => {
  const running = await plannedTask(2);
  const ended = await endedTask();
  const nobody = crypto.randomUUID();
  const keys = [`tasks/${running.id}/segments/b.mp4`, `tasks/${nobody}/final-1.mp4`, `tasks/${nobody}/segments/c.mp4`];
  for (const key of keys) await MEDIA.put(key, "x");
  const all = await stored();
  expect((await sweep()).task_objects).toMatchObject({ looked: 3, more: false });
  expect(await stored()).toEqual(all);

  pass(2 * HOUR);
  expect((await sweep()).task_objects).toMatchObject({ looked: 3, object_without_task: 2 });
  expect(await stored()).toEqual(all.filter((key) => !key.includes(nobody)));
  expect(all.some((key) => key.includes(ended.id))).toBe(true);
  expect(await findings()).toEqual({ "task_objects:object_without_task": 2 });
});

test("objects of tasks that a late writer left of a deleted task go too", async () => {
  const task = await endedTask();
  await task.stub.remove();
  await MEDIA.put(`tasks/${task.id}/segments/late.mp4`, "x");
  await sweep({ SWEEP_GRACE_SECONDS: "0" });
  expect(await stored()).toEqual([]);
});

test("objects of tasks are never judged by D1 alone: a task without a row is listed again, and keeps them", async () => {
  const task = await endedTask();
  await DB.prepare("DELETE FROM tasks").run();
  pass(2 * HOUR);
  expect((await sweep()).task_objects).toMatchObject({ task_without_row: 1 });
  expect(await stored()).toHaveLength(1);
  expect(await row(task.id)).toMatchObject({ stage: "cancelled" });
});

test("objects of tasks are walked in bounded steps, from where the run before came to, and then from the beginning", async () => {
  const ids = Array.from({ length: 5 }, (_, number) => `00000000-0000-4000-8000-00000000000${number}`);
  for (const id of ids) for (const file of ["a", "b", "c"]) await MEDIA.put(`tasks/${id}/segments/${file}`, "x");
  // Pages of two folders: what R2 itself does with pages of a thousand.
  const list = (options: R2ListOptions) => MEDIA.list(options.delimiter ? { ...options, limit: 2 } : options);
  const paged = { MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) } };
  const settings = { ...paged, SWEEP_GRACE_SECONDS: "0", SWEEP_OBJECTS: "1" };
  const left = async () => new Set((await stored("tasks/")).map((key) => key.split("/")[1]));
  expect((await sweep(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
  expect(await left()).toEqual(new Set(ids.slice(2)));
  // Before the place that was reached: found in the next round.
  await MEDIA.put(`tasks/${ids[0]}/again`, "x");
  expect((await sweep(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
  expect((await sweep(settings)).task_objects).toMatchObject({ looked: 1, more: false, object_without_task: 3 });
  expect(await left()).toEqual(new Set([ids[0]]));
  expect((await sweep(settings)).task_objects).toMatchObject({ looked: 1, object_without_task: 1 });
  expect(await stored()).toEqual([]);
});

test("objects of tasks of a large round are walked in steps that come round within a day", async () => {
  const position = JSON.stringify({ after: null, looked: 0, lastRound: 60 });
  await DB.prepare("INSERT INTO sweeps VALUES ('task_objects', ?, 0)").bind(position).run();
  for (let number = 0; number < 5; number++) await MEDIA.put(`tasks/${crypto.randomUUID()}/a`, "x");
  const list = (options: R2ListOptions) => MEDIA.list({ ...options, limit: 1 });
  expect((await sweep({ MEDIA: { list }, SWEEP_OBJECTS: "1" })).task_objects).toMatchObject({
    looked: 3,
    more: true,
  });
});

test("one run without a grace period leaves nothing without an owner", async () => {
  const task = await plannedTask(1);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  const kept = await stored();
  const ghost = crypto.randomUUID();
  await DB.prepare(
    `INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
     SELECT ?, 'succeeded', 100, summary, 1, 9 FROM tasks`,
  )
    .bind(ghost)
    .run();
  const orphans = [`tasks/${ghost}/final-1.mp4`, `tasks/${crypto.randomUUID()}/segments/x.mp4`, "fonts/1/a.ttf"];
  for (const key of orphans) await MEDIA.put(key, "x");
  await sweep({ SWEEP_GRACE_SECONDS: "0" });
  expect(await stored()).toEqual(kept);
});
