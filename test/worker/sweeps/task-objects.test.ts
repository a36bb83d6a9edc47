import { beforeEach, expect, test } from "vitest";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { endedTask, findings, runSweeps, storedKeys, taskRow } from "../support/sweeps.ts";
import { heldClock, plannedTask } from "../support/tasks.ts";

const { DB, MEDIA } = bindings;

const HOUR = 3600_000;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

test("objects without a task are deleted after the grace period, and objects of tasks are kept", async () => {
  const running = await plannedTask(2);
  const ended = await endedTask();
  const nobody = crypto.randomUUID();
  const keys = [`tasks/${running.id}/segments/b.mp4`, `tasks/${nobody}/final-1.mp4`, `tasks/${nobody}/segments/c.mp4`];
  for (const key of keys) await MEDIA.put(key, "x");
  const all = await storedKeys();
  expect((await runSweeps()).task_objects).toMatchObject({ looked: 3, more: false });
  expect(await storedKeys()).toEqual(all);

  pass(2 * HOUR);
  expect((await runSweeps()).task_objects).toMatchObject({ looked: 3, object_without_task: 2 });
  expect(await storedKeys()).toEqual(all.filter((key) => !key.includes(nobody)));
  expect(all.some((key) => key.includes(ended.id))).toBe(true);
  expect(await findings()).toEqual({ "task_objects:object_without_task": 2 });
});

test("an object written late for a deleted task is deleted", async () => {
  const task = await endedTask();
  await task.stub.remove();
  await MEDIA.put(`tasks/${task.id}/segments/late.mp4`, "x");
  await runSweeps({ SWEEP_GRACE_SECONDS: "0" });
  expect(await storedKeys()).toEqual([]);
});

test("a task without a D1 row is listed again and keeps its objects", async () => {
  const task = await endedTask();
  await DB.prepare("DELETE FROM tasks").run();
  pass(2 * HOUR);
  expect((await runSweeps()).task_objects).toMatchObject({ task_without_row: 1 });
  expect(await storedKeys()).toHaveLength(1);
  expect(await taskRow(task.id)).toMatchObject({ stage: "cancelled" });
});

test("the sweep of task objects continues where the last run stopped, and starts again after the end", async () => {
  const ids = Array.from({ length: 5 }, (_, number) => `00000000-0000-4000-8000-00000000000${number}`);
  for (const id of ids) for (const file of ["a", "b", "c"]) await MEDIA.put(`tasks/${id}/segments/${file}`, "x");
  // The list has pages of two folders. Real R2 has pages of 1,000.
  const list = (options: R2ListOptions) => MEDIA.list(options.delimiter ? { ...options, limit: 2 } : options);
  const paged = { MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) } };
  const settings = { ...paged, SWEEP_GRACE_SECONDS: "0", SWEEP_OBJECTS: "1" };
  const left = async () => new Set((await storedKeys("tasks/")).map((key) => key.split("/")[1]));
  expect((await runSweeps(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
  expect(await left()).toEqual(new Set(ids.slice(2)));
  // This object lies before the reached position, so the next round finds it.
  await MEDIA.put(`tasks/${ids[0]}/again`, "x");
  expect((await runSweeps(settings)).task_objects).toMatchObject({ looked: 2, more: true, object_without_task: 6 });
  expect((await runSweeps(settings)).task_objects).toMatchObject({ looked: 1, more: false, object_without_task: 3 });
  expect(await left()).toEqual(new Set([ids[0]]));
  expect((await runSweeps(settings)).task_objects).toMatchObject({ looked: 1, object_without_task: 1 });
  expect(await storedKeys()).toEqual([]);
});

test("the sweep of task objects takes larger steps after a long round, so that a round fits in a day", async () => {
  const position = JSON.stringify({ after: null, looked: 0, lastRound: 60 });
  await DB.prepare("INSERT INTO sweeps VALUES ('task_objects', ?, 0)").bind(position).run();
  for (let number = 0; number < 5; number++) await MEDIA.put(`tasks/${crypto.randomUUID()}/a`, "x");
  const list = (options: R2ListOptions) => MEDIA.list({ ...options, limit: 1 });
  expect((await runSweeps({ MEDIA: { list }, SWEEP_OBJECTS: "1" })).task_objects).toMatchObject({
    looked: 3,
    more: true,
  });
});

test("one run of the sweeps without a grace period deletes every orphaned object", async () => {
  const task = await plannedTask(1);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  const kept = await storedKeys();
  const ghost = crypto.randomUUID();
  await DB.prepare(
    `INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
     SELECT ?, 'succeeded', 100, summary, 1, 9 FROM tasks`,
  )
    .bind(ghost)
    .run();
  const orphans = [`tasks/${ghost}/final-1.mp4`, `tasks/${crypto.randomUUID()}/segments/x.mp4`, "fonts/1/a.ttf"];
  for (const key of orphans) await MEDIA.put(key, "x");
  await runSweeps({ SWEEP_GRACE_SECONDS: "0" });
  expect(await storedKeys()).toEqual(kept);
});
