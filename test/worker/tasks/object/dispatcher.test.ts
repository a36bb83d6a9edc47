import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Env } from "../../../../src/env.ts";
import { RUN_LEASE_MS, type RunFailure } from "../../../../src/tasks/retry.ts";
import { createTask, type HeldTask, heldClock, plannedTask, planOf, taken } from "../../support/tasks.ts";

const fault: RunFailure = { code: "timeout", message: "too slow", rerun: "soon", retryable: true };
const { pass } = heldClock();

/** Lets every lease end, and wakes the object. */
async function wakeLater(task: HeldTask, milliseconds: number): Promise<void> {
  pass(milliseconds);
  expect(await runDurableObjectAlarm(task.stub)).toBe(true);
}
const takeQueues = (task: HeldTask) => task.sent.splice(0).map(({ jobId, queue }) => [jobId, queue]);

test("which queue is that of a job's kind when its turn comes, so that what is begun does not wait for what is new", async () => {
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

test("which queue is one of its own for a job that failed, was never heard of again, or whose message was lost", async () => {
  const task = await plannedTask(1);
  await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), fault);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
  taken(await task.stub.claim("segment-1-1"));
  await wakeLater(task, RUN_LEASE_MS + 1);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
  // Where no queue has any message.
  await wakeLater(task, 3600_000);
  expect(takeQueues(task)).toEqual([["segment-1-1", "again"]]);
});

test("which queue is the same one for a copy of a message that may still be there", async () => {
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
