import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, download, finish, upload } from "../../scripts/client.ts";
import { readLoudness } from "../../src/ffmpeg/loudness.ts";
import { readPlaylist } from "../e2e/support/hls.ts";
import { execute } from "../e2e/support/programs.ts";
import { origin as wasmOrigin } from "../e2e/support/running-service.ts";
import { sample, uploadSamples } from "../e2e/support/samples.ts";
import { anyFFmpeg, ssim } from "../rendering/support/pictures.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { type NativeService, startNativeService } from "../support/services/native-service.ts";
import { SMALL_NATIVE } from "../support/services/test-service.ts";
import { skippedWithout } from "../support/skipped.ts";

const requests = [
  ["Shuffle", "الذكاء الاصطناعي يغير حياتنا. هل أنت مستعد؟", { video_aspect: "9:16", video_fit: "blur" }],
  ["FadeOut", "人工智能正在改变我们的生活。你准备好了吗？", { video_aspect: "1:1", video_fit: "contain" }],
  [
    "SlideIn",
    "Nobody knew why. 🎉 कृत्रिम बुद्धिमत्ता हमारे जीवन को बदल रही है। 안녕하세요, 여러분.",
    { video_aspect: "16:9", subtitle_position: "top", custom_audio_file: "narration.mp3" },
  ],
] as const;

/** Start times in seconds of a file's IDR pictures, which can be decoded alone. */
async function idrTimes(url: string): Promise<number[]> {
  // Keeps only NAL units of IDR pictures (type 5, ITU-T H.264 §7.4.1.2.4); other packets are dropped.
  const only = ["-c", "copy", "-map", "0:v", "-bsf:v", "filter_units=pass_types=5", "-f", "framecrc", "-"];
  const { stdout } = await execute("ffmpeg", ["-v", "error", "-i", url, ...only]);
  const timeBase = Number(/#tb 0: 1\/(\d+)/.exec(stdout)?.[1]);
  const rows = stdout.split("\n").filter((line) => /^0,/.test(line));
  return rows.map((row) => Number(row.split(",")[2]) / timeBase);
}

describe.skipIf(!hasFFmpeg)(`with a render server${skippedWithout(hasFFmpeg, "ffmpeg")}`, () => {
  let service: NativeService;

  beforeAll(async () => {
    service = await startNativeService({ vars: SMALL_NATIVE });
    await service.startRenderer();
    const photo = await anyFFmpeg(
      { clip: await sample("mandelbrot.mp4") },
      ["-i", "clip", "-frames:v", "1", "-pix_fmt", "yuvj422p", "-f", "image2pipe", "-c:v", "mjpeg", "photo"],
      "photo",
    );
    for (const each of [service.origin, wasmOrigin]) {
      await uploadSamples(each);
      await upload(each, "video_materials", "photo.jpg", new Uint8Array(photo));
      await upload(each, "musics", "music.mp3", await sample("narration.mp3"));
    }
  });
  afterAll(() => service?.stop());

  test.each(requests)(
    "the native and the wasm renderer make the same video with the transition %s and the script %s",
    async (mode, script, more) => {
      const request = {
        video_materials: [{ url: "dusk.mp4" }, { url: "photo.jpg" }, { url: "life.mp4" }],
        video_clip_duration: 1,
        video_concat_mode: "sequential",
        video_transition_mode: mode,
        video_script: script,
        bgm_type: "random",
        // The same key gives the same task id, and random choices depend only on the task id.
        idempotency_key: `whole request ${mode}`,
        ...more,
      };
      const [native, wasm] = await Promise.all(
        [service.origin, wasmOrigin].map(async (origin) => finish(origin, await create(origin, request))),
      );
      if (!native || !wasm) throw new Error("a task is missing");
      expect([native.renderer, wasm.renderer, native.task_id]).toEqual(["http", "wasm", wasm.task_id]);
      expect(native).toMatchObject({ durations: wasm.durations, width: wasm.width, height: wasm.height });
      const [a, b] = await Promise.all([native, wasm].map((task) => download(task.videos[0] ?? "")));
      if (!a || !b) throw new Error("a video is missing");
      expect(await ssim(a, b)).toBeGreaterThanOrEqual(0.97);

      const url = native.videos[0] ?? "";
      const playlist = await readPlaylist((native.streams[0] ?? "").replace(".m3u8", "/plan-0/video.m3u8"));
      const starts = playlist.segments.map((_, index) =>
        playlist.segments.slice(0, index).reduce((sum, { duration }) => sum + duration, 0),
      );
      const found = await idrTimes(url);
      expect(starts.length).toBe(native.segments.total);
      for (const start of starts) expect(Math.min(...found.map((time) => Math.abs(time - start)))).toBeLessThan(0.001);
      const measure = ["-hide_banner", "-i", url, "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"];
      const { integrated, peak } = readLoudness((await execute("ffmpeg", measure)).stderr);
      expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1);
      expect(peak).toBeLessThanOrEqual(-1);
    },
  );
});
