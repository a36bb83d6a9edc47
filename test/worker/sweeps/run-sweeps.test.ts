import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/index.ts";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";

const { DB, MEDIA } = bindings;

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
const findings = async () => {
  const { results } = await DB.prepare("SELECT name, value FROM counters WHERE name LIKE 'sweep_findings:%'").run();
  return Object.fromEntries(results.map(({ name, value }) => [String(name).replace("sweep_findings:", ""), value]));
};

test("a sweep that fails is logged and counted, and stops none of the others", async () => {
  await MEDIA.put("musics/0/a.mp3", "x");
  const list = async (options: R2ListOptions) => {
    if (options.prefix === "tasks/") throw new Error("R2 is away");
    return MEDIA.list(options);
  };
  const lines = await sweep({
    MEDIA: { list, delete: (keys: string[]) => MEDIA.delete(keys) },
    SWEEP_GRACE_SECONDS: "0",
  });
  expect(Object.keys(lines)).not.toContain("task_objects");
  expect(lines.uploads).toMatchObject({ object_without_row: 1 });
  expect(await findings()).toEqual({ "task_objects:failed": 1, "uploads:object_without_row": 1 });
});
