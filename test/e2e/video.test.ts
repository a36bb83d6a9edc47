import { readFile } from "node:fs/promises";
import { beforeAll, expect, inject, test } from "vitest";
import { create, download, finish, upload } from "../../scripts/client.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../ffmpeg.ts";

const origin = inject("origin");
const sample = (name: string) => readFile(new URL(`../../samples/${name}`, import.meta.url));

beforeAll(async () => {
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(origin, "video_materials", name, await sample(name));
  }
  await upload(origin, "musics", "narration.mp3", await sample("narration.mp3"));
});

test("narration decides the length, and the final video has its sound", async () => {
  const id = await create(origin, {
    video_materials: [{ url: "dusk.mp4" }, { url: "mandelbrot.mp4" }],
    video_clip_duration: 2,
    video_concat_mode: "sequential",
    custom_audio_file: "narration.mp3",
    video_script: "Edgereel makes short videos at the edge. You post a request.",
  });
  const task = await finish(origin, id);
  const narration = Number((await ffprobe(await sample("narration.mp3"))).format.duration);
  const final = await download(task.videos[0] ?? "");
  const combined = await download(task.combined_videos[0] ?? "");

  expect(await decodeWarnings(final)).toBe("");
  expect(await decodeWarnings(combined)).toBe("");
  const [picture, sound] = (await ffprobe(final)).streams;
  expect(picture).toMatchObject({ codec_name: "h264", pix_fmt: "yuv420p", color_space: "bt709" });
  expect(picture).toMatchObject({ width: task.width, height: task.height, r_frame_rate: "30/1" });
  expect(sound).toMatchObject({ codec_name: "aac", sample_rate: "48000" });
  expect(Math.abs(Number(picture?.duration) - narration)).toBeLessThanOrEqual(1 / 30);
  expect(Math.abs(Number(sound?.duration) - narration)).toBeLessThanOrEqual(1 / 30);
  expect((await ffprobe(combined)).streams.map((stream) => stream.codec_type)).toEqual(["video"]);
  const { log } = await ffmpeg({ final }, "-i", "final", "-map", "0:a", "-af", "volumedetect", "-f", "null", "-");
  expect(Number(/mean_volume: (-?[\d.]+)/.exec(log)?.[1])).toBeGreaterThan(-40);
});
