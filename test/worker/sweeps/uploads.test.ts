import { beforeEach, expect, test } from "vitest";
import { DEFAULT_OWNER } from "../../../src/api/owner.ts";
import { MediaLibrary } from "../../../src/db/media-files.ts";
import { bindings } from "../support/bindings.ts";
import { clearStorage } from "../support/database.ts";
import { runSweeps, storedKeys } from "../support/sweeps.ts";
import { heldClock } from "../support/tasks.ts";
import { videoProbe } from "../support/uploads.ts";

const { DB, MEDIA } = bindings;

const HOUR = 3600_000;
const { pass } = heldClock();

beforeEach(async () => {
  await clearStorage();
});

test("an unlisted upload is deleted after the grace period, and a listed upload is kept", async () => {
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
  await runSweeps();
  expect(await storedKeys()).toHaveLength(4);
  pass(2 * HOUR);
  expect((await runSweeps()).uploads).toMatchObject({ looked: 4, object_without_row: 2 });
  expect(new Set(await storedKeys())).toEqual(new Set(kept));
  expect(lost).toHaveLength(2);
});
