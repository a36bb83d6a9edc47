import { expect, test } from "vitest";
import { hideTables } from "../../support/database.ts";
import { firstTicket, heldAlarms, lastTimeout, rowOf } from "../../support/task-runs.ts";
import { alarmAt, type HeldTask, plannedTask, taken } from "../../support/tasks.ts";

const { wakeLater } = heldAlarms();
let show = async () => {};
const hide = async () => {
  show = await hideTables("tasks");
};

test("a D1 outage does not delay a task, and the alarm updates D1 afterwards", async () => {
  await hide();
  let task: HeldTask;
  try {
    task = await plannedTask(1);
    await task.stub.complete("segment-1-1", firstTicket);
    expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
    await wakeLater(task, 6000);
    expect(await alarmAt(task)).not.toBeNull();
  } finally {
    await show();
  }
  expect(await rowOf(task.id)).toBeNull();
  await wakeLater(task, 6000);
  expect(await rowOf(task.id)).toMatchObject({ stage: "assembling" });
});

test("a task that fails during a D1 outage is listed as failed afterwards", async () => {
  const task = await plannedTask(1);
  await hide();
  try {
    await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), lastTimeout);
  } finally {
    await show();
  }
  expect((await rowOf(task.id))?.stage).not.toBe("failed");
  await wakeLater(task, 6000);
  expect(await rowOf(task.id)).toMatchObject({ stage: "failed" });
  expect(await alarmAt(task)).toBeNull();
});

test("a task deleted during a D1 outage is removed from D1 afterwards", async () => {
  const task = await plannedTask(1);
  await hide();
  try {
    expect(await task.stub.remove()).toBe(true);
    expect(await task.stub.get()).toBeNull();
  } finally {
    await show();
  }
  expect(await rowOf(task.id)).not.toBeNull();
  await wakeLater(task, 6000);
  expect(await rowOf(task.id)).toBeNull();
});
