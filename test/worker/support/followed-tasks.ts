import { expect } from "vitest";
import { call } from "./bindings.ts";
import type { HeldTask } from "./tasks.ts";

/** A task as the API answers it, as far as the tests look. */
export interface Task {
  task_id: string;
  stage: string;
  state: number;
  revision: number;
  progress: number;
  queue_position: number | null;
  eta_seconds: number | null;
  attempts: number;
}

/** The path of a task. */
export const path = (task: HeldTask) => `/api/v1/tasks/${task.id}`;

/** The task as the API answers it now. */
export const shown = async (task: HeldTask, query = "") => (await call<Task>(path(task) + query)).data;

/** Checks that a call is not answered, though the service had time to. */
export async function expectHeld(answer: Promise<unknown>): Promise<void> {
  const nothing = Symbol("nothing");
  expect(await Promise.race([answer, scheduler.wait(150).then(() => nothing)])).toBe(nothing);
}
