import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { call, create, download, finish, upload } from "../../scripts/client.ts";
import { readConfig } from "../../src/config/config.ts";
import { createNarrated, silence, uploadSamples } from "../e2e/support/samples.ts";
import { decodeWarnings, ffprobe } from "../support/ffmpeg.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { type NativeService, startNativeService } from "../support/services/native-service.ts";
import { skippedWithout } from "../support/skipped.ts";

let service: NativeService | undefined;
afterEach(() => service?.stop());

describe.skipIf(!hasFFmpeg)(`with a render server${skippedWithout(hasFFmpeg, "ffmpeg")}`, () => {
  test("a task uses the configured render server instead of ffmpeg.wasm and names it as its renderer", async () => {
    service = await startNativeService({});
    await service.startRenderer();
    await uploadSamples(service.origin);
    const task = await finish(service.origin, await createNarrated(service.origin));
    expect(task).toMatchObject({ renderer: "http", width: 1080, height: 1920 });
    const final = await download(task.videos[0] ?? "");
    expect(await decodeWarnings(final)).toBe("");
    expect((await ffprobe(final)).streams).toMatchObject([{ width: 1080, height: 1920 }, { codec_name: "aac" }]);
  });

  test("the render server stops the job of a deleted task", async () => {
    const done: string[] = [];
    service = await startNativeService({
      // Frames and a preset with which a segment takes much longer than the request that deletes its task.
      vars: { NATIVE_PRESET: "medium", NATIVE_SHORT_SIDE: "2160", NATIVE_SEGMENT_SECONDS: "4" },
      renderer: { SLOTS: "1" },
      onLine: (line, from) => {
        if (from === "render" && line.includes('"event":"job_done"')) done.push(line);
      },
    });
    const { origin, rendererUrl } = service;
    await service.startRenderer();
    await uploadSamples(origin);
    const id = await create(origin, { video_materials: [{ url: "mandelbrot.mp4" }], subtitle_enabled: false });
    const running = async () => {
      const health = await fetch(`${rendererUrl}/health`);
      return ((await health.json()) as { running: number }).running;
    };
    await expect.poll(running, { timeout: 60_000, interval: 20 }).toBe(1);
    await call(origin, `/api/v1/tasks/${id}`, { method: "DELETE" });
    await expect.poll(running, { timeout: 60_000 }).toBe(0);
    expect(done.filter((line) => line.includes('"kind":"segment"'))).toEqual([]);
  });

  test("the segment of a small task waits for no more than a few segments of an older, large task", async () => {
    const SEGMENTS = 160;
    const log: { event: string; task_id: string; job?: string }[] = [];
    service = await startNativeService({
      vars: { NATIVE_SHORT_SIDE: "96", NATIVE_SEGMENT_SECONDS: "1" },
      onLine: (line, from) => {
        if (from === "api" && /^\{"event":"(task_planned|job_done)"/.test(line)) log.push(JSON.parse(line));
      },
    });
    const { origin } = service;
    await service.startRenderer();
    await uploadSamples(origin);
    await upload(origin, "narrations", "long.wav", silence(SEGMENTS));
    const large = await createNarrated(origin, { custom_audio_file: "long.wav", video_clip_duration: 1 });
    const doneOf = (id: string) => log.filter(({ event, task_id }) => event === "job_done" && task_id === id);
    while (doneOf(large).length === 0) await sleep(20);
    const small = { video_materials: [{ url: "dusk.mp4" }], video_clip_duration: 1 };
    const ids = await Promise.all(Array.from({ length: 5 }, () => create(origin, small)));
    await Promise.all(ids.map((id) => finish(origin, id)));
    // In the queue before it are at most as many jobs of the large task as one task may have there. As many again may
    // follow it in the same batch.
    const { TASK_WINDOW } = readConfig({});
    for (const id of ids) {
      const queued = log.findIndex(({ event, task_id }) => event === "task_planned" && task_id === id);
      const rendered = log.findIndex(({ task_id, job }) => task_id === id && job === "segment-1-1");
      expect([queued, rendered]).not.toContain(-1);
      const before = log
        .slice(queued, rendered)
        .filter(({ event, task_id }) => event === "job_done" && task_id === large);
      expect(before.length).toBeLessThanOrEqual(3 * TASK_WINDOW);
    }
    await call(origin, `/api/v1/tasks/${large}`, { method: "DELETE" });
  });
});
