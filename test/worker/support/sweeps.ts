import { createScheduledController } from "cloudflare:test";
import { vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/index.ts";
import { bindings } from "./bindings.ts";
import { createTask, type HeldTask } from "./tasks.ts";

const { DB, MEDIA } = bindings;

/** Runs the sweeps as the cron trigger does, and returns the line that each sweep logged, by its name. */
export async function runSweeps(change: object = {}): Promise<Record<string, Record<string, unknown>>> {
  const lines = vi.spyOn(console, "log").mockImplementation(() => undefined);
  lines.mockClear();
  await worker.scheduled?.(createScheduledController(), { ...bindings, ...change } as Env);
  const logged = lines.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  return Object.fromEntries(logged.filter(({ event }) => event === "sweep").map((line) => [line.sweep, line]));
}

/** The keys in R2 below a prefix. */
export const storedKeys = async (prefix = "") => (await MEDIA.list({ prefix })).objects.map(({ key }) => key);

/** The row of a task in D1, or null. */
export const taskRow = (id: string) => DB.prepare("SELECT stage, revision FROM tasks WHERE id = ?").bind(id).first();

/** The counters of the sweeps' findings. */
export const findings = async () => {
  const { results } = await DB.prepare("SELECT name, value FROM counters WHERE name LIKE 'sweep_findings:%'").run();
  return Object.fromEntries(results.map(({ name, value }) => [String(name).replace("sweep_findings:", ""), value]));
};

/** Creates a cancelled task that has an object in R2. */
export async function endedTask(): Promise<HeldTask> {
  const task = await createTask();
  await task.stub.cancel();
  await MEDIA.put(`tasks/${task.id}/segments/a.mp4`, "x");
  return task;
}
