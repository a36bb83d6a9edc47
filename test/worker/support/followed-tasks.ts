import { expect } from "vitest";
import { call } from "./bindings.ts";
import type { HeldTask } from "./tasks.ts";

/** The fields of a task in the API that the tests read. */
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

/** The task as the API returns it now. */
export const shown = async (task: HeldTask, query = "") => (await call<Task>(path(task) + query)).data;

/** Checks that a call is not answered within 150 ms. */
export async function expectHeld(answer: Promise<unknown>): Promise<void> {
  const nothing = Symbol("nothing");
  expect(await Promise.race([answer, scheduler.wait(150).then(() => nothing)])).toBe(nothing);
}
