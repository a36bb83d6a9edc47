import { beforeEach, expect, test, vi } from "vitest";
import { RUN_LEASE_MS } from "../../../src/tasks/retry.ts";
import { clearStorage } from "../support/database.ts";
import { createTask, heldClock, plannedTask, planOf } from "../support/tasks.ts";

const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

const ticket = { generation: 0, run: 1 };

test("a task's log has a line for each step with its id and stage, and no secrets from URLs", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  lines.mockClear();
  const task = await createTask();
  await task.stub.claim("plan");
  await task.stub.planned(planOf(task.id, 1), ticket);
  await task.stub.claim("segment-1-1");
  const message = "GET https://user:secret@renderer.example/render?token=secret failed";
  await task.stub.failRun("segment-1-1", ticket, { code: "timeout", message, rerun: "soon", retryable: true });
  await task.stub.claim("segment-1-1");
  await task.stub.failRun(
    "segment-1-1",
    { ...ticket, run: 2 },
    { code: "bad_input", message, rerun: "never", retryable: false },
  );
  await task.stub.retry();
  await task.stub.cancel();
  await task.stub.remove();
  const text = lines.mock.calls.map(([line]) => String(line));
  const logged = text.map((line) => JSON.parse(line) as { event: string; task_id: string; stage?: string });
  expect(logged.map(({ event, stage }) => `${event} ${stage}`)).toEqual([
    "task_created queued",
    "task_stage planning",
    "task_stage rendering",
    "task_planned rendering",
    "run_failed rendering",
    "run_failed rendering",
    "task_stage failed",
    "task_stage rendering",
    "task_stage cancelled",
    "task_deleted cancelled",
  ]);
  for (const line of logged) expect(line.task_id).toBe(task.id);
  expect(text.join("\n")).toContain("https://renderer.example/render?…");
  expect(text.join("\n")).not.toContain("secret");
});

test("a task's log reports a lost run and a renderer that is given up", async () => {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  const task = await plannedTask(1);
  lines.mockClear();
  await task.stub.claim("segment-1-1");
  pass(RUN_LEASE_MS + 1);
  await task.stub.audit({ row: null, readAt: 0 });
  for (let run = 2; run <= 8; run++) {
    await task.stub.claim("segment-1-1");
    await task.stub.failRun(
      "segment-1-1",
      { generation: 0, run },
      { code: "renderer_unavailable", message: "", rerun: "renderer_away", retryable: true },
    );
  }
  const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  for (const event of ["job_overdue", "run_failed", "renderer_given_up", "task_stage"]) {
    const found = logged.filter((line) => line.event === event);
    expect(found.length, event).toBeGreaterThan(0);
    for (const line of found) expect(line, event).toMatchObject({ task_id: task.id, stage: expect.any(String) });
  }
});
