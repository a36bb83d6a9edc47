import { beforeEach, expect, test } from "vitest";
import { bindings, call } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { endedTask, runSweeps, taskRow } from "../support/sweeps.ts";
import { heldClock, plannedTask } from "../support/tasks.ts";

const { DB } = bindings;

const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

test("a row that differs from its task is rewritten, whether its revision is older or newer", async () => {
  const [behind, ahead, other] = [await plannedTask(1), await plannedTask(1), await endedTask()];
  const queued = "UPDATE tasks SET stage = 'queued', revision = ? WHERE id = ?";
  await DB.prepare(queued).bind(0, behind.id).run();
  await DB.prepare(queued).bind(50, ahead.id).run();
  await DB.prepare("UPDATE tasks SET stage = 'succeeded' WHERE id = ?").bind(other.id).run();
  pass(10 * 60_000);
  const { unfinished_tasks, listed_tasks } = await runSweeps();
  expect(unfinished_tasks).toMatchObject({ looked: 2, row_rewritten: 2 });
  expect(listed_tasks).toMatchObject({ looked: 3, row_rewritten: 1 });
  for (const [task, stage] of [
    [behind, "rendering"],
    [ahead, "rendering"],
    [other, "cancelled"],
  ] as const) {
    expect(await taskRow(task.id)).toMatchObject({ stage, revision: (await task.stub.get())?.revision });
  }
  const again = await runSweeps();
  expect(again.unfinished_tasks).not.toHaveProperty("row_rewritten");
  expect(again.listed_tasks).not.toHaveProperty("row_rewritten");
});

test("a row without a task is deleted and no longer counts in the total", async () => {
  const task = await endedTask();
  const ghost = crypto.randomUUID();
  await DB.prepare(
    `INSERT INTO tasks (id, stage, progress, summary, created_at, revision)
       SELECT ?, 'rendering', progress, summary, 1, 9 FROM tasks`,
  )
    .bind(ghost)
    .run();
  const { unfinished_tasks } = await runSweeps();
  expect(unfinished_tasks).toMatchObject({ looked: 1, row_without_task: 1 });
  expect([await taskRow(ghost), await taskRow(task.id)]).toEqual([null, expect.anything()]);
  expect((await call<{ total: number }>("/api/v1/tasks")).data.total).toBe(1);
});

test("a sweep compares at most SWEEP_TASKS rows per run and continues where the last run stopped", async () => {
  for (let number = 0; number < 3; number++) await endedTask();
  const runs = [];
  for (let run = 0; run < 3; run++) runs.push((await runSweeps({ SWEEP_TASKS: "2" })).listed_tasks);
  expect(runs).toMatchObject([
    { looked: 2, more: true },
    { looked: 1, more: false },
    { looked: 2, more: true },
  ]);
});
