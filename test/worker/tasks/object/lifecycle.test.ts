import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { RUN_LEASE_MS } from "../../../../src/tasks/retry.ts";
import { firstTicket, heldAlarms, lastTimeout, rowOf } from "../../support/task-runs.ts";
import {
  alarmAt,
  createTask,
  holdTask,
  plannedTask,
  planOf,
  taken,
  taskInput,
  withQueues,
} from "../../support/tasks.ts";

const { wakeLater } = heldAlarms();

test("a task goes from creation through planning, rendering and assembly to success, and D1 follows", async () => {
  const task = await createTask({ video_subject: "Sea" });
  expect(task.takeSent()).toEqual(["plan"]);
  expect(await rowOf(task.id)).toMatchObject({ stage: "queued", progress: 0 });
  expect(await task.stub.get()).toMatchObject({ stage: "queued", video_subject: "Sea", renderer: null });

  expect(await task.stub.claim("plan")).toMatchObject({ status: "run", ticket: firstTicket, work: { kind: "plan" } });
  expect(await task.stub.get()).toMatchObject({ stage: "planning" });
  expect(await task.stub.planned(planOf(task.id, 2), firstTicket)).toBe("ok");
  expect(task.takeSent()).toEqual(["segment-1-1", "segment-1-2"]);
  expect(await task.stub.get()).toMatchObject({
    ...{ stage: "rendering", renderer: "wasm", width: 64, height: 36, durations: [2] },
    segments: { total: 2, finished: 0 },
  });

  for (const job of ["segment-1-1", "segment-1-2"]) {
    expect((await task.stub.claim(job)).status).toBe("run");
    expect(await task.stub.complete(job, firstTicket)).toBe("ok");
  }
  expect(await task.stub.get()).toMatchObject({ stage: "assembling", segments: { total: 2, finished: 2 } });
  expect(task.takeSent()).toEqual(["combined-1", "final-1"]);
  for (const job of ["combined-1", "final-1"]) {
    await task.stub.claim(job);
    await task.stub.complete(job, firstTicket);
  }
  expect(await task.stub.get()).toMatchObject({ stage: "succeeded", progress: 100, failure: null });
  expect(await rowOf(task.id)).toMatchObject({ stage: "succeeded", progress: 100 });
  expect(await alarmAt(task)).toBeNull();
});

test("assembly starts after all segments are rendered, in whatever order they end", async () => {
  const task = await plannedTask(3);
  for (const job of ["segment-1-3", "segment-1-1"]) await task.stub.complete(job, firstTicket);
  expect(task.takeSent()).toEqual([]);
  await task.stub.complete("segment-1-2", firstTicket);
  expect(task.takeSent()).toEqual(["combined-1", "final-1"]);
});

test("a task has at most a window of jobs in flight, and each finished job makes room for one", async () => {
  const task = await createTask();
  await task.stub.claim("plan");
  task.takeSent();
  await task.stub.planned(planOf(task.id, 10), firstTicket);
  expect(task.takeSent()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((number) => `segment-1-${number}`));
  await task.stub.claim("segment-1-2");
  expect(task.takeSent()).toEqual([]);
  await task.stub.complete("segment-1-2", firstTicket);
  expect(task.takeSent()).toEqual(["segment-1-9"]);
});

test("a video's opening segments are rendered before the task's other segments", async () => {
  const task = await createTask();
  await task.stub.claim("plan");
  task.takeSent();
  const plan = planOf(task.id, 4);
  const jobs = plan.jobs.map((job) => (/-1-[12]$/.test(job.id) ? { ...job, phase: "opening" as const } : job));
  await task.stub.planned({ ...plan, jobs }, firstTicket);
  expect(task.takeSent()).toEqual(["segment-1-1", "segment-1-2"]);
  await task.stub.complete("segment-1-2", firstTicket);
  expect(task.takeSent()).toEqual([]);
  await task.stub.complete("segment-1-1", firstTicket);
  expect(task.takeSent()).toEqual(["segment-1-3", "segment-1-4"]);
});

test("an object without a task answers every call with a missing task and stores nothing", async () => {
  const { stub } = await holdTask();
  expect(await stub.get()).toBeNull();
  expect(await stub.remove()).toBe(false);
  expect(await stub.claim("plan")).toEqual({ status: "gone" });
  expect(await stub.complete("plan", firstTicket)).toBe("gone");
  expect(await stub.planInput()).toBeNull();
  expect(
    await runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'task'").toArray(),
    ),
  ).toEqual([]);
});

test("a task's state survives the eviction of its object", async () => {
  const task = await plannedTask(2);
  await task.stub.complete("segment-1-1", firstTicket);
  await evictDurableObject(task.stub);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering", segments: { finished: 1 } });
});

test("an alarm is set before a message is sent, so that a crash in between loses nothing", async () => {
  const task = await holdTask();
  const alarms: (number | null)[] = [];
  await runInDurableObject(task.stub, async (instance, state) => {
    const send = async () => alarms.push(await state.storage.getAlarm());
    Object.assign(instance, { env: withQueues(() => ({ send })) });
    await instance.create(task.id, taskInput());
    await instance.claim("plan");
    await state.storage.deleteAlarm();
    await instance.planned(planOf(task.id, 1), firstTicket);
  });
  expect(alarms).toHaveLength(2);
  expect(alarms).not.toContain(null);
});

test("a second copy of a message is dropped while its job runs and after it is done", async () => {
  const task = await plannedTask(1);
  expect((await task.stub.claim("segment-1-1")).status).toBe("run");
  expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
  await task.stub.complete("segment-1-1", firstTicket);
  expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
  expect(await task.stub.claim("no-such-job")).toEqual({ status: "drop" });
  expect(await task.stub.claim("final-1")).toMatchObject({ status: "run" });
});

test("a second plan for a task is ignored", async () => {
  const task = await createTask();
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, 2), firstTicket);
  expect(await task.stub.planned(planOf(task.id, 5), firstTicket)).toBe("ok");
  expect(await task.stub.get()).toMatchObject({ segments: { total: 2 }, durations: [2] });
});

test("a job reported done twice counts once", async () => {
  const task = await plannedTask(2);
  await task.stub.complete("segment-1-1", firstTicket);
  const before = await task.stub.get();
  expect(await task.stub.complete("segment-1-1", firstTicket)).toBe("ok");
  expect(await task.stub.get()).toEqual(before);
});

test("a job reported done before the plan exists changes nothing", async () => {
  const task = await createTask();
  await task.stub.claim("plan");
  for (const job of ["plan", "segment-1-1", "final-1"]) expect(await task.stub.complete(job, firstTicket)).toBe("ok");
  expect(await task.stub.get()).toMatchObject({ stage: "planning", progress: 0 });
  await task.stub.planned(planOf(task.id, 1), firstTicket);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
});

test("a failure reported by an expired run is ignored", async () => {
  const task = await plannedTask(1);
  const first = taken(await task.stub.claim("segment-1-1"));
  await wakeLater(task, RUN_LEASE_MS + 1);
  const second = taken(await task.stub.claim("segment-1-1"));
  expect(second).toEqual({ ...first, run: first.run + 1 });
  await task.stub.failRun("segment-1-1", first, lastTimeout);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  await task.stub.complete("segment-1-1", firstTicket);
  await task.stub.failRun("segment-1-1", second, lastTimeout);
  expect(await task.stub.get()).toMatchObject({ stage: "assembling" });
});

test("late calls do not change an ended task", async () => {
  const task = await plannedTask(1);
  await task.stub.failRun("segment-1-1", taken(await task.stub.claim("segment-1-1")), lastTimeout);
  const ended = await task.stub.get();
  expect(ended).toMatchObject({
    stage: "failed",
    failure: { code: "timeout", stage: "rendering", message: "too slow" },
  });
  await task.stub.complete("segment-1-1", firstTicket);
  await task.stub.planned(planOf(task.id, 3), firstTicket);
  await task.stub.abandon("segment-1-1", 1);
  expect(await task.stub.claim("segment-1-1")).toEqual({ status: "drop" });
  expect(await task.stub.heartbeat("segment-1-1", firstTicket)).toBe("gone");
  expect(await task.stub.get()).toEqual(ended);
});
