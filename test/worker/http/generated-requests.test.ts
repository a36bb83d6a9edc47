import { expect, test } from "vitest";
import { fuzzApi } from "../../fuzz/fuzz-api.ts";
import { request } from "../support/bindings.ts";
import { standInFile, upload } from "../support/uploads.ts";

test("valid and invalid requests generated from the OpenAPI document get only documented answers", async () => {
  await upload("video_materials", "a.mp4");
  const { answers, faults } = await fuzzApi({
    send: (path, init) => request(path, init),
    requests: 120,
    seed: 7,
    hints: {
      url: ["a.mp4"],
      video_materials: [[{ url: "a.mp4" }]],
      // Not a.mp4, because a generated DELETE must not delete the file that valid requests use.
      name: ["b.mp4", "a.mp3"],
      ...{ file: ["final-1.mp4", "final-1.vtt"], stream: ["final-1"], plan: ["plan-0"], playlist: ["video.m3u8"] },
      ...{ rendition: ["video"], segment: ["init.mp4", "0.m4s"] },
    },
    upload: new Uint8Array(new TextEncoder().encode(standInFile())),
    maxParallel: 1,
  });
  expect(faults).toEqual([]);
  // Some requests are valid.
  const valid = Object.entries(answers).filter(([, statuses]) => (statuses?.[200] ?? 0) > 0);
  expect(valid.length).toBeGreaterThan(5);
});
