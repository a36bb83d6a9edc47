import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { bindings } from "../../support/bindings.ts";
import { firstTicket, heldAlarms, rowOf, timeout } from "../../support/task-runs.ts";
import { alarmAt, plannedTask, planOf, taken } from "../../support/tasks.ts";

const { MEDIA } = bindings;

const { wakeLater } = heldAlarms();

test("a task deleted while rendering loses its row and objects, and late calls find it gone", async () => {
  const task = await plannedTask(2);
  await MEDIA.put(`tasks/${task.id}/segments/1.mp4`, "x");
  const number = taken(await task.stub.claim("segment-1-1"));
  expect(await task.stub.remove()).toBe(true);
  expect(await rowOf(task.id)).toBeNull();
  expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
  expect(await task.stub.get()).toBeNull();
  expect(await task.stub.remove()).toBe(false);
  expect(await task.stub.claim("segment-1-2")).toEqual({ status: "gone" });
  expect(await task.stub.heartbeat("segment-1-1", number)).toBe("gone");
  expect(await task.stub.complete("segment-1-1", firstTicket)).toBe("gone");
  expect(await task.stub.failRun("segment-1-1", number, timeout)).toBe("gone");
  expect(await task.stub.planned(planOf(task.id, 2), firstTicket)).toBe("gone");
  await task.stub.abandon("segment-1-1", 1);
  expect(task.takeSent()).toEqual([]);
  expect(await rowOf(task.id)).toBeNull();
});

test("a deleted task's object removes files that are written late, and finally empties its storage", async () => {
  const task = await plannedTask(1);
  await task.stub.remove();
  for (const later of [60_000, 20 * 60_000]) {
    await MEDIA.put(`tasks/${task.id}/segments/late.mp4`, "x");
    await wakeLater(task, later);
    expect((await MEDIA.list({ prefix: `tasks/${task.id}/` })).objects).toEqual([]);
  }
  await wakeLater(task, 24 * 3600_000);
  expect(await alarmAt(task)).toBeNull();
  expect(
    await runInDurableObject(task.stub, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'task'").toArray(),
    ),
  ).toEqual([]);
});

test("a delete leaves other tasks unchanged", async () => {
  const [task, other] = [await plannedTask(1), await plannedTask(1)];
  await MEDIA.put(`tasks/${other.id}/segments/1.mp4`, "x");
  await task.stub.remove();
  expect(await rowOf(other.id)).not.toBeNull();
  expect(await MEDIA.head(`tasks/${other.id}/segments/1.mp4`)).not.toBeNull();
});
