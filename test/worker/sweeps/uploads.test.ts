import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { MediaLibrary } from "../../../src/db/media-files.ts";
import type { Env } from "../../../src/env.ts";
import worker from "../../../src/index.ts";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { heldClock } from "../support/tasks.ts";
import { videoProbe } from "../support/uploads.ts";

const { DB, MEDIA } = bindings;
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

const stored = async (prefix = "") => (await MEDIA.list({ prefix })).objects.map(({ key }) => key);

test("uploads that are on no shelf go, after the grace period; those on one stay", async () => {
  const put = async (collection: "video_materials" | "musics" | "subtitles", listed: boolean) => {
    const id = crypto.randomUUID();
    const key = `${collection}/${id}/a.mp4`;
    await MEDIA.put(key, "x");
    const file = { collection, name: `${id}.mp4`, key, size: 1, sha256: "0", probe: videoProbe };
    if (listed) await new MediaLibrary(DB, DEFAULT_OWNER).add(id, file, Date.now());
    return key;
  };
  const kept = [await put("video_materials", true), await put("musics", true)];
  const lost = [await put("video_materials", false), await put("subtitles", false)];
  await sweep();
  expect(await stored()).toHaveLength(4);
  pass(2 * HOUR);
  expect((await sweep()).uploads).toMatchObject({ looked: 4, object_without_row: 2 });
  expect(new Set(await stored())).toEqual(new Set(kept));
  expect(lost).toHaveLength(2);
});
