import { runDurableObjectAlarm } from "cloudflare:test";
import { expect } from "vitest";
import type { TaskData } from "../../../src/api/task.ts";
import type { RunFailure } from "../../../src/tasks/retry.ts";
import type { Ticket } from "../../../src/tasks/task-calls.ts";
import { bindings, call } from "./bindings.ts";
import { type HeldTask, heldClock } from "./tasks.ts";

/** The ticket of the first plan's first run, for calls where the run does not matter. */
export const firstTicket: Ticket = { generation: 0, run: 1 };

/** A failure after which the job runs again. */
export const timeout: RunFailure = { code: "timeout", message: "too slow", rerun: "soon", retryable: true };
/** The same failure, after which the task fails. */
export const lastTimeout: RunFailure = { ...timeout, rerun: "never", retryable: false };
/** A failure of ffmpeg, after which the task fails. */
export const ffmpegFailure: RunFailure = {
  code: "ffmpeg_failed",
  message: "no moov",
  rerun: "never",
  retryable: false,
};

/** The row of a task in D1; null if there is none. */
export function rowOf(taskId: string): Promise<{ stage: string; progress: number; revision: number } | null> {
  return bindings.DB.prepare("SELECT stage, progress, revision FROM tasks WHERE id = ?").bind(taskId).first();
}

/** Holds the clock of every test of the file, and moves it forward. */
export function heldAlarms() {
  const { pass } = heldClock();
  /** Moves the clock forward, so that leases expire, and runs the alarm. */
  const wakeLater = async (task: HeldTask, milliseconds: number): Promise<void> => {
    pass(milliseconds);
    expect(await runDurableObjectAlarm(task.stub)).toBe(true);
  };
  return { pass, wakeLater };
}

/** Starts a run of a job, and returns its ticket. */
export async function claimed(task: HeldTask, job: string): Promise<Ticket> {
  const claim = await task.stub.claim(job);
  if (claim.status !== "run") throw new Error(`the claim was answered with ${claim.status}`);
  return claim.ticket;
}

/** Cancels or retries a task through the API. */
export function steer(task: HeldTask, wish: "cancel" | "retry") {
  return call<TaskData>(`/api/v1/tasks/${task.id}/${wish}`, { method: "POST" });
}
