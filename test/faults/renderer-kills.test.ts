import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, download, finish, type Task, upload } from "../../scripts/client.ts";
import { seededRandom } from "../../src/timeline/seeded-random.ts";
import { createNarrated, silence, uploadSamples } from "../e2e/support/samples.ts";
import { ffmpeg } from "../support/ffmpeg.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { type NativeService, startNativeService } from "../support/services/native-service.ts";
import { skippedWithout } from "../support/skipped.ts";

const SEGMENTS = 60;
const KILLS = 20;

describe.skipIf(!hasFFmpeg)(`with a render server${skippedWithout(hasFFmpeg, "ffmpeg")}`, () => {
  let service: NativeService;
  const rendered: string[] = [];
  beforeAll(async () => {
    service = await startNativeService({
      vars: { NATIVE_SHORT_SIDE: "144", NATIVE_SEGMENT_SECONDS: "1", RENDERER_TRIES: "12" },
      onLine: (line, from) => {
        if (from === "render" && line.includes('"event":"job_done"') && line.includes('"kind":"segment"')) {
          rendered.push(line);
        }
      },
    });
    await uploadSamples(service.origin);
    await upload(service.origin, "narrations", "minute.wav", silence(SEGMENTS));
  });
  afterAll(() => service?.stop());

  test("a task whose render server is killed twenty times makes the same video as an undisturbed task", async () => {
    const { origin } = service;
    let renderer = await service.startRenderer();
    const request = {
      custom_audio_file: "minute.wav",
      video_clip_duration: 1,
      video_concat_mode: "sequential",
      video_script: "Words that are seen all the while.",
    };
    const undisturbed = await finish(origin, await createNarrated(origin, request));
    expect(undisturbed.segments.total).toBe(SEGMENTS);
    rendered.length = 0;

    const id = await createNarrated(origin, request);
    const random = seededRandom("kills");
    let kills = 0;
    while (kills < KILLS) {
      await sleep(100 + random() * 500);
      const { state } = (await call<Task>(origin, `/api/v1/tasks/${id}`)).data;
      if (state !== 4) break;
      renderer.kill();
      await renderer.ended;
      kills++;
      renderer = await service.startRenderer();
    }
    const task = await finish(origin, id);
    expect(kills, "the task ended before all kills were done").toBe(KILLS);
    expect(task.renderer).toBe("http");
    expect(rendered.length - SEGMENTS).toBeLessThanOrEqual(KILLS);
    const [disturbed, expected] = await Promise.all([frameHashes(task), frameHashes(undisturbed)]);
    expect(expected.split("\n").length).toBeGreaterThan(SEGMENTS * 30);
    expect(disturbed).toBe(expected);
  });
});

/** The hashes of all decoded frames of a task's final video. */
async function frameHashes(task: Task): Promise<string> {
  const video = await download(task.videos[0] ?? "");
  const { output } = await ffmpeg({ video }, "-i", "video", "-map", "0:v", "-f", "framemd5", "output");
  return new TextDecoder().decode(output);
}
