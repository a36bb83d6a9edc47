import { afterEach, expect, test } from "vitest";
import { maxSetbacks } from "../../../src/tasks/retry.ts";
import { claimed, ffmpegFailure, firstTicket, rowOf, steer } from "../support/task-runs.ts";
import { alarmAt, createTask, plannedTask, planOf, stillTasks } from "../support/tasks.ts";

afterEach(stillTasks);

test("a retried task keeps its finished segments and continues to success", async () => {
  const task = await plannedTask(3);
  await task.stub.complete("segment-1-1", firstTicket);
  await task.stub.failRun("segment-1-2", await claimed(task, "segment-1-2"), ffmpegFailure);
  const failed = await task.stub.get();
  expect(failed?.failure).toEqual({
    code: "ffmpeg_failed",
    stage: "rendering",
    message: "no moov",
    retryable: false,
  });
  task.takeSent();

  const { status, data } = await steer(task, "retry");
  expect([status, data.error, data.failure]).toEqual([200, undefined, undefined]);
  expect(data).toMatchObject({
    ...{ state: 4, stage: "rendering", attempts: 2, progress: failed?.progress },
    segments: { total: 3, finished: 1 },
  });
  expect(task.takeSent()).toEqual(["segment-1-2", "segment-1-3"]);
  expect(await alarmAt(task)).not.toBeNull();
  for (const job of ["segment-1-2", "segment-1-3", "combined-1", "final-1"]) {
    expect(await task.stub.complete(job, await claimed(task, job))).toBe("ok");
  }
  expect(await task.stub.get()).toMatchObject({ stage: "succeeded", progress: 100, failure: null });
  expect((await rowOf(task.id))?.stage).toBe("succeeded");
});

test("a retried task that was cancelled before planning is planned", async () => {
  const task = await createTask();
  const early = await claimed(task, "plan");
  task.takeSent();
  await steer(task, "cancel");
  expect((await steer(task, "retry")).data).toMatchObject({ stage: "queued", attempts: 2 });
  expect(task.takeSent()).toEqual(["plan"]);
  const run = await claimed(task, "plan");
  expect(run.run).toBeGreaterThan(early.run);
  await task.stub.planned(planOf(task.id, 1), run);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
});

test("a retried task that stopped at assembly continues with assembly", async () => {
  const task = await plannedTask(1);
  for (const job of ["segment-1-1", "combined-1"]) await task.stub.complete(job, firstTicket);
  await steer(task, "cancel");
  task.takeSent();
  expect((await steer(task, "retry")).data).toMatchObject({ stage: "assembling" });
  expect(task.takeSent()).toEqual(["final-1"]);
});

test("late failures from before a retry are ignored, and late finished work from before it counts", async () => {
  const task = await plannedTask(2);
  const [first, second] = [await claimed(task, "segment-1-1"), await claimed(task, "segment-1-2")];
  await steer(task, "cancel");
  await steer(task, "retry");
  await task.stub.failRun("segment-1-1", first, ffmpegFailure);
  await task.stub.abandon("segment-1-1", 1);
  expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
  expect(await task.stub.complete("segment-1-2", second)).toBe("ok");
  expect(await task.stub.get()).toMatchObject({ segments: { finished: 1 } });
  await task.stub.abandon("segment-1-1", 3);
  expect(await task.stub.get()).toMatchObject({
    stage: "failed",
    failure: { code: "queue_failed", retryable: true },
  });
});

test("a retried job gets all its attempts again", async () => {
  const task = await plannedTask(1);
  for (let round = 1; round <= 2; round++) {
    for (let runs = 1; runs <= maxSetbacks({ RENDERER_TRIES: 7, PROVIDER_TRIES: 8 }).faults; runs++) {
      expect(await task.stub.get()).toMatchObject({ stage: "rendering" });
      await task.stub.failRun("segment-1-1", await claimed(task, "segment-1-1"), {
        ...ffmpegFailure,
        rerun: "soon",
        retryable: true,
      });
    }
    expect(await task.stub.get()).toMatchObject({ stage: "failed", attempts: round });
    await task.stub.retry();
  }
});

test("a running or succeeded task answers 409 to a retry", async () => {
  const task = await plannedTask(1);
  expect(await steer(task, "retry")).toMatchObject({ status: 409, message: expect.stringContaining("rendering") });
  for (const job of ["segment-1-1", "combined-1", "final-1"]) await task.stub.complete(job, firstTicket);
  expect(await steer(task, "retry")).toMatchObject({ status: 409, message: expect.stringContaining("succeeded") });
});
