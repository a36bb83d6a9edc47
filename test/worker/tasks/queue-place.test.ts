import { afterEach, expect, test } from "vitest";
import type { Ticket } from "../../../src/tasks/task-calls.ts";
import { shown } from "../support/followed-tasks.ts";
import { createTask, plannedTask, stillTasks } from "../support/tasks.ts";

const ticket: Ticket = { generation: 0, run: 1 };

afterEach(stillTasks);

test("a waiting task shows its queue position, and a rendering task shows its remaining time", async () => {
  const [first, second] = [await createTask(), await createTask()];
  const [before, after] = [await shown(first), await shown(second)];
  expect((after.queue_position ?? 0) - (before.queue_position ?? 0)).toBe(1);
  expect(after).toMatchObject({ eta_seconds: null, attempts: 1 });
  const task = await plannedTask(2);
  expect(await shown(task)).toMatchObject({ queue_position: null, eta_seconds: null });
  await task.stub.complete("segment-1-1", ticket);
  expect((await shown(task)).eta_seconds).toBeGreaterThanOrEqual(0);
  await task.stub.cancel();
  expect((await shown(task)).eta_seconds).toBeNull();
});
