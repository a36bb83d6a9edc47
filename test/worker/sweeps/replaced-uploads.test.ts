import { createScheduledController, reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { type MediaFile, MediaLibrary } from "../../../src/db/media-files.ts";
import worker from "../../../src/index.ts";
import { bindings } from "../support/bindings.ts";
import { prepareDatabase } from "../support/database.ts";
import { videoProbe } from "../support/uploads.ts";

const { DB, MEDIA } = bindings;
const library = new MediaLibrary(DB, DEFAULT_OWNER);
const hour = 3600_000;

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});
afterEach(() => vi.restoreAllMocks());

const file = (name: string, version = 1): MediaFile => ({
  collection: "video_materials",
  name,
  key: `video_materials/${version}/${name}`,
  size: version,
  sha256: `${version}`,
  probe: videoProbe,
});

async function add(name: string, version: number, at: number): Promise<void> {
  await MEDIA.put(`video_materials/${version}/${name}`, "x");
  await library.add(crypto.randomUUID(), file(name, version), at);
}

const stored = async () => (await MEDIA.list()).objects.map(({ key }) => key);

/** Runs the sweeps as the cron trigger does, at the given time. */
async function sweepAt(time: number, settings: object = {}): Promise<void> {
  vi.spyOn(Date, "now").mockReturnValue(time);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  await worker.scheduled?.(createScheduledController(), { ...bindings, ...settings });
}

test("a replaced file is deleted a day after its replacement, and the newest file is kept", async () => {
  await add("a.mp4", 1, 0);
  await add("a.mp4", 2, 10 * hour);
  await add("b.mp4", 3, 0);
  await sweepAt(33 * hour);
  expect(await stored()).toHaveLength(3);
  await sweepAt(35 * hour);
  expect(await stored()).toEqual(["video_materials/2/a.mp4", "video_materials/3/b.mp4"]);
  await sweepAt(1000 * hour);
  expect(await stored()).toHaveLength(2);
  expect(await DB.prepare("SELECT count(*) AS rows FROM media").first("rows")).toBe(2);
});

test("replaced files above the max number per run are deleted in later runs", async () => {
  for (let version = 1; version <= 95; version++) await add("a.mp4", version, version);
  await sweepAt(48 * hour, { SWEEP_OBJECTS: "90" });
  expect(await stored()).toHaveLength(5);
  await sweepAt(49 * hour, { SWEEP_OBJECTS: "90" });
  expect(await stored()).toEqual(["video_materials/95/a.mp4"]);
});
