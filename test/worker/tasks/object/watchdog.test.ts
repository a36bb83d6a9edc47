import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { MAX_SENDS, maxSetbacks, RUN_LEASE_MS, type RunFailure } from "../../../../src/tasks/retry.ts";
import { bindings } from "../../support/bindings.ts";
import { firstTicket, heldAlarms, lastTimeout, rowOf, timeout } from "../../support/task-runs.ts";
import { alarmAt, createTask, plannedTask, planOf, taken, withQueues } from "../../support/tasks.ts";

const { MEDIA } = bindings;
const MAX_SETBACKS = maxSetbacks({ RENDERER_TRIES: 7, PROVIDER_TRIES: 8 });

const { pass, wakeLater } = heldAlarms();

test("a message that no consumer takes is sent again until the task fails with queue_stalled", async () => {
  const task = await plannedTask(1);
  for (let sends = 1; sends < MAX_SENDS; sends++) {
    await wakeLater(task, 3600_000);
    expect(task.takeSent()).toEqual(["segment-1-1"]);
  }
  await wakeLater(task, 3600_000);
  expect(await task.stub.get()).toMatchObject({
    stage: "failed",
    failure: { code: "queue_stalled", stage: "rendering" },
  });
  expect(await rowOf(task.id)).toMatchObject({ stage: "failed" });
  expect(await runDurableObjectAlarm(task.stub)).toBe(false);
});

test("a message in a draining queue is sent again only after the queue has passed it", async () => {
  const task = await plannedTask(1);
  const sent = Date.now();
  for (let looks = 1; looks <= 2 * MAX_SENDS; looks++) {
    task.head = sent - 100_000 + looks;
    await wakeLater(task, 600_000);
  }
  expect(task.takeSent()).toEqual([]);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  // The queue's oldest message is newer now, so this one was lost.
  task.head = Date.now();
  await wakeLater(task, 600_000);
  expect(task.takeSent()).toEqual(["segment-1-1"]);
  expect((await task.stub.claim("segment-1-1")).status).toBe("run");
});

test("a message in a stalled queue is sent again until the task fails with queue_stalled", async () => {
  const task = await plannedTask(1);
  task.head = Date.now() - 1000;
  await wakeLater(task, 600_000);
  expect(task.takeSent()).toEqual([]);
  for (let sends = 1; sends < MAX_SENDS; sends++) {
    await wakeLater(task, 600_000);
    expect(task.takeSent()).toEqual(["segment-1-1"]);
  }
  await wakeLater(task, 600_000);
  expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "queue_stalled" } });
});

test("a job whose consumer stays silent runs again until the task fails with job_lost", async () => {
  const task = await plannedTask(1);
  for (let runs = 1; runs <= MAX_SETBACKS.faults; runs++) {
    expect(taken(await task.stub.claim("segment-1-1")).run).toBe(runs);
    await wakeLater(task, RUN_LEASE_MS + 1);
  }
  expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "job_lost" } });
});

test("a heartbeat extends its own run's lease, but not the lease of a newer run", async () => {
  const task = await plannedTask(1);
  const first = taken(await task.stub.claim("segment-1-1"));
  pass(RUN_LEASE_MS - 1000);
  expect(await task.stub.heartbeat("segment-1-1", first)).toBe("ok");
  await wakeLater(task, 2000);
  expect(task.takeSent()).toEqual([]);
  await wakeLater(task, RUN_LEASE_MS);
  expect(task.takeSent()).toEqual(["segment-1-1"]);
  taken(await task.stub.claim("segment-1-1"));
  pass(RUN_LEASE_MS - 1000);
  await task.stub.heartbeat("segment-1-1", first);
  await wakeLater(task, 2000);
  expect(task.takeSent()).toEqual(["segment-1-1"]);
});

test("a failed run is retried with growing delays, and the task fails with the last reason", async () => {
  const task = await plannedTask(1);
  for (let runs = 1; runs <= MAX_SETBACKS.faults; runs++) {
    await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), {
      ...timeout,
      message: `failed ${runs}`,
    });
  }
  expect(task.sent.map(({ delaySeconds }) => delaySeconds >= 1)).toEqual(Array(MAX_SETBACKS.faults - 1).fill(true));
  expect(task.sent.at(-1)?.delaySeconds).toBeGreaterThanOrEqual(60);
  expect(await task.stub.get()).toMatchObject({
    stage: "failed",
    failure: { code: "timeout", message: `failed ${MAX_SETBACKS.faults}` },
  });
});

test("a task is planned again if its renderer is never reached, and earlier runs are refused", async () => {
  const task = await plannedTask(2);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  await task.stub.complete("segment-1-1", firstTicket);
  const { progress = 0 } = (await task.stub.get()) ?? {};
  let last = firstTicket;
  for (let count = 1; count <= MAX_SETBACKS.unreachable; count++) {
    last = taken(await task.stub.claim("segment-1-2"));
    await task.stub.failRun("segment-1-2", last, { ...timeout, rerun: "renderer_away", retryable: true });
  }
  expect(await task.stub.get()).toMatchObject({ stage: "planning", progress });
  expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
  expect(await task.stub.complete("segment-1-2", last)).toBe("gone");
  const again = taken(await task.stub.claim("plan"));
  expect(await task.stub.planInput()).toMatchObject({ avoided: [{ renderer: "wasm", reason: "too slow" }] });
  expect(await task.stub.planned(planOf(task.id, 1), firstTicket)).toBe("gone");
  expect(await task.stub.planned(planOf(task.id, 1), again)).toBe("ok");
  expect(await task.stub.get()).toMatchObject({ stage: "rendering", progress, segments: { total: 1 } });
});

test("a message that the queue gave up fails its task, unless the job is done", async () => {
  const task = await plannedTask(2);
  await task.stub.complete("segment-1-1", firstTicket);
  await task.stub.abandon("segment-1-1", 1);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  await task.stub.abandon("segment-1-2", 1);
  expect(await task.stub.get()).toMatchObject({ stage: "failed", failure: { code: "queue_failed" } });
});

test.each<[string, RunFailure]>([
  ["fails", lastTimeout],
  ["finds no renderer", { ...timeout, code: "renderer_unavailable", rerun: "renderer_away", retryable: true }],
])("a task succeeds without poster and storyboard if its stills job %s", async (_, failure) => {
  const task = await createTask();
  await task.stub.claim("plan");
  const plan = planOf(task.id, 1);
  const key = (name: string) => `tasks/${task.id}/${name}`;
  const storyboard = { image: key("final-1-storyboard.jpg"), vtt: key("final-1-storyboard.vtt") };
  plan.jobs.push({
    ...{ id: "stills-1", video: 1, phase: "stills", weight: 1 },
    work: { kind: "stills", renderer: "wasm", video: key("combined-1.mp4"), poster: key("final-1.jpg"), storyboard },
  });
  await task.stub.planned(plan, firstTicket);
  for (const job of ["segment-1-1", "combined-1", "final-1"]) {
    expect(await task.stub.claim("stills-1")).toEqual({ status: "drop" });
    await task.stub.claim(job);
    await task.stub.complete(job, firstTicket);
  }
  expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
  for (let run = 0; run < MAX_SETBACKS.unreachable && (await task.stub.get())?.stage === "assembling"; run++) {
    await task.stub.failRun("stills-1", taken(await task.stub.claim("stills-1")), failure);
  }
  expect(await task.stub.get()).toMatchObject({ stage: "succeeded", progress: 100, failure: null, illustrated: [] });
});

test("an alarm is set again if the queue rejects a message", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (instance) => {
    const send = () => Promise.reject(new Error("queue is down"));
    Object.assign(instance, { env: withQueues(() => ({ send })) });
  });
  await wakeLater(task, 3600_000);
  expect(await alarmAt(task)).not.toBeNull();
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
});

test("the alarm does not throw and is set again if its work fails", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (instance) => {
    Object.assign(instance, { env: { ...(Reflect.get(instance, "env") as object), TASK_WINDOW: "none" } });
  });
  await wakeLater(task, 3600_000);
  expect(await alarmAt(task)).not.toBeNull();
});
