import { createScheduledController, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/index.ts";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { type HeldTask, heldClock, plannedTask } from "../support/tasks.ts";

const HOUR = 3600_000;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

/** What the cron trigger does; returns the line that each sweep logged. */
async function sweep(change: object = {}): Promise<Record<string, Record<string, unknown>>> {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  lines.mockClear();
  await worker.scheduled?.(createScheduledController(), { ...bindings, ...change } as Env);
  const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return Object.fromEntries(logged.filter(({ event }) => event === "sweep").map((line) => [line.sweep, line]));
}
const alarmAt = ({ stub }: HeldTask) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());

test("a task whose alarm was lost gets it again, and its overdue work is sent again", async () => {
  const task = await plannedTask(1);
  await runInDurableObject(task.stub, (_, { storage }) => storage.deleteAlarm());
  pass(HOUR);
  expect((await sweep()).unfinished_tasks).toMatchObject({ looked: 1, alarm_lost: 1 });
  expect(await alarmAt(task)).not.toBeNull();
  expect(task.takeSent()).toEqual(["segment-1-1"]);
  expect((await sweep()).unfinished_tasks).not.toHaveProperty("alarm_lost");
});
