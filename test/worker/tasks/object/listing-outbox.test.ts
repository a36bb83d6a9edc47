import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, test } from "vitest";
import type { RunFailure } from "../../../../src/tasks/retry.ts";
import type { Ticket } from "../../../../src/tasks/task-calls.ts";
import { bindings } from "../../support/bindings.ts";
import { alarmAt, type HeldTask, heldClock, plannedTask, taken } from "../../support/tasks.ts";

const { DB } = bindings;
const fault: RunFailure = { code: "timeout", message: "too slow", rerun: "soon", retryable: true };
const fatal: RunFailure = { ...fault, rerun: "never", retryable: false };

/** The ticket of the first plan's first run, for calls where the run does not matter. */
const ticket: Ticket = { generation: 0, run: 1 };
const { pass } = heldClock();

const row = (id: string) =>
  DB.prepare("SELECT stage, progress, revision FROM tasks WHERE id = ?")
    .bind(id)
    .first<{ stage: string; progress: number; revision: number }>();

/** Moves the clock forward, so that leases expire, and runs the alarm. */
async function wakeLater(task: HeldTask, milliseconds: number): Promise<void> {
  pass(milliseconds);
  expect(await runDurableObjectAlarm(task.stub)).toBe(true);
}
const hide = () => DB.exec("ALTER TABLE tasks RENAME TO tasks_hidden");
const show = () => DB.exec("ALTER TABLE tasks_hidden RENAME TO tasks");

test("a D1 outage does not delay a task, and the alarm updates D1 afterwards", async () => {
  await hide();
  let task: HeldTask;
  try {
    task = await plannedTask(1);
    await task.stub.complete("segment-1-1", ticket);
    expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
    await wakeLater(task, 6000);
    expect(await alarmAt(task)).not.toBeNull();
  } finally {
    await show();
  }
  expect(await row(task.id)).toBeNull();
  await wakeLater(task, 6000);
  expect(await row(task.id)).toMatchObject({ stage: "assembling" });
});

test("a task that fails during a D1 outage is listed as failed afterwards", async () => {
  const task = await plannedTask(1);
  await hide();
  try {
    await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fatal);
  } finally {
    await show();
  }
  expect((await row(task.id))?.stage).not.toBe("failed");
  await wakeLater(task, 6000);
  expect(await row(task.id)).toMatchObject({ stage: "failed" });
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
  expect(await row(task.id)).not.toBeNull();
  await wakeLater(task, 6000);
  expect(await row(task.id)).toBeNull();
});
