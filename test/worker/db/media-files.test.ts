import { reset } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { type MediaFile, MediaLibrary } from "../../../src/db/media-files.ts";
import { bindings } from "../support/bindings.ts";
import { prepareDatabase } from "../support/database.ts";
import { videoProbe } from "../support/uploads.ts";

const { DB, MEDIA } = bindings;
const library = new MediaLibrary(DB, DEFAULT_OWNER);

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

test("a name finds only its newest file", async () => {
  await add("a.mp4", 1, 0);
  await add("a.mp4", 2, 10);
  expect(await library.list("video_materials")).toEqual([file("a.mp4", 2)]);
  expect(await library.find("video_materials", ["a.mp4", "a.mp4", "b.mp4"])).toEqual(
    new Map([["a.mp4", file("a.mp4", 2)]]),
  );
  expect(await library.find("musics", ["a.mp4"])).toEqual(new Map());
  expect(await library.find("video_materials", [])).toEqual(new Map());
});

test("one lookup finds a hundred names", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `${index}.mp4`);
  for (const name of names) await library.add(crypto.randomUUID(), file(name), 0);
  expect((await library.find("video_materials", names)).size).toBe(100);
});

test("a file that cannot be added leaves the previous file of its name listed", async () => {
  await add("a.mp4", 1, 0);
  const broken = { ...file("a.mp4", 2), sha256: null as unknown as string };
  await expect(library.add(crypto.randomUUID(), broken, 10)).rejects.toThrow();
  expect(await library.list("video_materials")).toEqual([file("a.mp4", 1)]);
});
