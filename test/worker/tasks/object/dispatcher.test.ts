import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { RUN_LEASE_MS, type RunFailure } from "../../../../src/tasks/retry.ts";
import { createTask, type HeldTask, heldClock, plannedTask, planOf, taken } from "../../support/tasks.ts";

const fault: RunFailure = { code: "timeout", message: "too slow", rerun: "soon", retryable: true };
const { pass } = heldClock();

/** Moves the clock forward, so that leases expire, and runs the alarm. */
async function wakeLater(task: HeldTask, milliseconds: number): Promise<void> {
  pass(milliseconds);
  expect(await runDurableObjectAlarm(task.stub)).toBe(true);
}
const takeQueues = (task: HeldTask) => task.sent.splice(0).map(({ jobId, queue }) => [jobId, queue]);

test("each job goes to the queue of its kind, so that started tasks do not wait for new ones", async () => {
  const task = await createTask();
  expect(takeQueues(task)).toEqual([["plan", "plan"]]);
  await task.stub.planned(planOf(task.id, 1), taken(await task.stub.claim("plan")));
  expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
  await task.stub.complete("segment-1-1", taken(await task.stub.claim("segment-1-1")));
  expect(takeQueues(task)).toEqual([
    ["combined-1", "finish"],
    ["final-1", "finish"],
  ]);
});

test("a job that failed, was lost or lost its message goes to a separate queue", async () => {
  const task = await plannedTask(1);
  await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fault);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
  taken(await task.stub.claim("segment-1-1"));
  await wakeLater(task, RUN_LEASE_MS + 1);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
  // The queues are empty, so the message was lost.
  await wakeLater(task, 3600_000);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
});

test("a copy of a message that may still be queued goes to the same queue", async () => {
  const task = await plannedTask(1);
  task.head = Date.now() - 1000;
  await wakeLater(task, 600_000);
  await wakeLater(task, 600_000);
  expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
  await runInDurableObject(task.stub, (instance) => {
    const { env } = instance as unknown as { env: Env };
    const metrics = () => Promise.reject(new Error("away"));
    Object.assign(instance, { env: { ...env, RENDER_JOBS: { send: env.RENDER_JOBS.send, metrics } } });
  });
  await wakeLater(task, 600_000);
  expect(takeQueues(task)).toEqual([["segment-1-1", "render"]]);
});
