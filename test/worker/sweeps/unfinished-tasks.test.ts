import { runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { clearStorage } from "../support/database.ts";
import { runSweeps } from "../support/sweeps.ts";
import { type HeldTask, heldClock, plannedTask } from "../support/tasks.ts";

const HOUR = 3600_000;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

const alarmAt = ({ stub }: HeldTask) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());

test("a task that lost its alarm gets a new one, and its overdue job is sent again", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (_, { storage }) => storage.deleteAlarm());
  pass(HOUR);
  expect((await runSweeps()).unfinished_tasks).toMatchObject({ looked: 1, alarm_lost: 1 });
  expect(await alarmAt(task)).not.toBeNull();
  expect(task.takeSent()).toEqual(["segment-1-1"]);
  expect((await runSweeps()).unfinished_tasks).not.toHaveProperty("alarm_lost");
});
