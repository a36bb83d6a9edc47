import { afterEach, expect, test } from "vitest";
import { bindings, call } from "../support/bindings.ts";
import { claimed, ffmpegFailure, firstTicket, rowOf, steer } from "../support/task-runs.ts";
import { alarmAt, createTask, plannedTask, planOf, stillTasks } from "../support/tasks.ts";

const { MEDIA } = bindings;

afterEach(stillTasks);

test("a cancelled task has a failure reason, stops its jobs and keeps its finished files", async () => {
  const task = await plannedTask(3);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  await task.stub.complete("segment-1-1", firstTicket);
  const run = await claimed(task, "segment-1-2");
  const { status, data } = await steer(task, "cancel");
  expect(status).toBe(200);
  expect(data).toMatchObject({
    ...{ state: -1, stage: "cancelled", segments: { total: 3, finished: 1 } },
    failure: { code: "cancelled", stage: "rendering", retryable: true },
  });
  expect(await task.stub.heartbeat("segment-1-2", run)).toBe("gone");
  expect(await task.stub.claim("segment-1-3")).toEqual({ status: "drop" });
  // Not "gone", because then the consumer would delete the segment, which a retry can use.
  expect(await task.stub.complete("segment-1-2", run)).toBe("ok");
  expect(await MEDIA.head(`tasks/${task.id}/segments/1.mp4`)).not.toBeNull();
  expect((await rowOf(task.id))?.stage).toBe("cancelled");
  expect(await alarmAt(task)).toBeNull();
});

test("a task can be cancelled before it has a plan, and a late plan changes nothing", async () => {
  const task = await createTask();
  const run = await claimed(task, "plan");
  expect((await steer(task, "cancel")).data).toMatchObject({ stage: "cancelled", failure: { stage: "planning" } });
  expect(await task.stub.planned(planOf(task.id, 1), run)).toBe("ok");
  expect(await task.stub.get()).toMatchObject({ stage: "cancelled", segments: { total: 0 } });
});

test("a second cancel changes nothing, and a failed or succeeded task answers 409 to a cancel", async () => {
  const task = await plannedTask(1);
  const first = await steer(task, "cancel");
  expect(await steer(task, "cancel")).toMatchObject({ status: 200, data: first.data });
  const failed = await plannedTask(1);
  await failed.stub.failRun("segment-1-1", await claimed(failed, "segment-1-1"), ffmpegFailure);
  expect(await steer(failed, "cancel")).toMatchObject({ status: 409, message: expect.stringContaining("failed") });
  const succeeded = await plannedTask(1);
  for (const job of ["segment-1-1", "combined-1", "final-1"]) await succeeded.stub.complete(job, firstTicket);
  expect(await steer(succeeded, "cancel")).toMatchObject({ status: 409 });
  expect(await succeeded.stub.get()).toMatchObject({ stage: "succeeded" });
});

test("a missing or deleted task answers 404 to cancel and retry", async () => {
  const task = await createTask();
  await task.stub.remove();
  for (const wish of ["cancel", "retry"] as const) {
    expect((await steer(task, wish)).status).toBe(404);
    expect((await call(`/api/v1/tasks/${crypto.randomUUID()}/${wish}`, { method: "POST" })).status).toBe(404);
    expect((await call(`/api/v1/tasks/none/${wish}`, { method: "POST" })).status).toBe(400);
  }
  expect(task.takeSent()).toEqual(["plan"]);
});
