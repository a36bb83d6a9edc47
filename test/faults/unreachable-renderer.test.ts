import { afterAll, beforeAll, expect, test } from "vitest";
import { create, watch } from "../../scripts/client.ts";
import { createNarrated, uploadSamples } from "../e2e/support/samples.ts";
import { type NativeService, startNativeService } from "../support/services/native-service.ts";

let service: NativeService;
beforeAll(async () => {
  // The render server is never started.
  service = await startNativeService({ vars: { RENDERER_TRIES: "2", WASM_TOTAL_SECONDS: "2" } });
  await uploadSamples(service.origin);
});
afterAll(() => service?.stop());

test("a task falls back to ffmpeg.wasm if the render server never answers, and fails if it exceeds the limits of ffmpeg.wasm", async () => {
  const { origin } = service;
  const [short, long] = await Promise.all([
    create(origin, { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 }),
    createNarrated(origin),
  ]);
  const seen = await watch(origin, short);
  expect(seen.at(-1)).toMatchObject({ state: 1, renderer: "wasm", width: 240 });
  const progress = seen.map((task) => task.progress);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));

  const failed = (await watch(origin, long)).at(-1);
  expect(failed).toMatchObject({ state: -1, failure: { code: "renderer_unavailable" } });
  expect(failed?.failure?.message).toMatch(
    /http was given up: .*did not answer.*; the renderer wasm cannot render this task: .*the max for this renderer is 2 s/,
  );
});
