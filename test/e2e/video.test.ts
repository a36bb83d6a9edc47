import { beforeAll, expect, test } from "vitest";
import { create, download, finish, type Task, watch } from "../../scripts/client.ts";
import { decodeWarnings, ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { origin, renderer } from "./support/running-service.ts";
import { createNarrated, sample, uploadSmallSamples } from "./support/samples.ts";

const FRAME = 1 / 30;

/** A task with narration, as polled from its start to its end. */
let seen: Task[];
beforeAll(async () => {
  await uploadSmallSamples(origin);
  seen = await watch(origin, await createNarrated(origin));
});

test("a video with narration is as long as the narration, and only the final video has sound", async () => {
  const task = seen.at(-1);
  if (task?.state !== 1) throw new Error(task?.error);
  // Its header counts the encoder's delay too.
  const decode = ["-i", "narration", "-f", "s16le", "-ac", "1", "-ar", "48000", "output"];
  const { output: samples } = await ffmpeg({ narration: await sample("narration.mp3") }, ...decode);
  const narration = samples.byteLength / 2 / 48_000;
  const final = await download(task.videos[0] ?? "");
  const combined = await download(task.combined_videos[0] ?? "");

  expect(task.renderer).toBe(renderer);
  expect(await decodeWarnings(final)).toBe("");
  expect(await decodeWarnings(combined)).toBe("");
  const [picture, sound] = (await ffprobe(final)).streams;
  expect(picture).toMatchObject({ codec_name: "h264", pix_fmt: "yuv420p", color_space: "bt709" });
  expect(picture).toMatchObject({ width: task.width, height: task.height, r_frame_rate: "30/1" });
  expect(sound).toMatchObject({ codec_name: "aac", sample_rate: "48000" });
  expect(Math.abs(Number(picture?.duration) - narration)).toBeLessThanOrEqual(FRAME);
  expect(Math.abs(Number(sound?.duration) - narration)).toBeLessThanOrEqual(FRAME);
  expect((await ffprobe(combined)).streams.map((stream) => stream.codec_type)).toEqual(["video"]);
  const { log } = await ffmpeg({ final }, "-i", "final", "-map", "0:a", "-af", "volumedetect", "-f", "null", "-");
  expect(Number(/mean_volume: (-?[\d.]+)/.exec(log)?.[1])).toBeGreaterThan(-40);
});

test("subtitles are burned into the final video and not into the combined video", async () => {
  const id = await create(origin, {
    video_materials: [{ url: "dusk.mp4" }],
    video_clip_duration: 1,
    video_script: "Some words to be read.",
  });
  const task = await finish(origin, id);
  const brightPixels = async (url: string | undefined) => {
    const video = await download(url ?? "");
    const { output } = await ffmpeg(
      { video },
      ...["-i", "video", "-frames:v", "1", "-pix_fmt", "gray", "-f", "rawvideo", "output"],
    );
    const width = task.width ?? 0;
    const lowerThird = output.subarray(Math.floor((output.length * 2) / 3 / width) * width);
    return lowerThird.filter((value) => value > 215).length;
  };
  expect(await brightPixels(task.videos[0])).toBeGreaterThan(30);
  expect(await brightPixels(task.combined_videos[0])).toBe(0);
});

test.for([
  ["16:9", 426, 240],
  ["9:16", 240, 426],
  ["1:1", 240, 240],
  ["3:4", 240, 320],
] as const)(
  "a video with the aspect %s is %i×%i pixels and as long as its clips",
  async ([video_aspect, width, height]) => {
    const id = await create(origin, {
      video_materials: [{ url: "dusk.mp4" }, { url: "life.mp4", duration: 0.5 }],
      video_clip_duration: 1,
      video_aspect,
      bgm_type: "",
    });
    const task = await finish(origin, id);
    expect(task).toMatchObject({ width, height, durations: [1.5] });
    const [picture, ...others] = (await ffprobe(await download(task.videos[0] ?? ""))).streams;
    expect(others).toEqual([]);
    expect(picture).toMatchObject({ width, height, nb_read_packets: "45" });
  },
);

test("a task with a video_count of 2 makes two different videos", async () => {
  const id = await create(origin, {
    video_materials: [{ url: "dusk.mp4" }, { url: "mandelbrot.mp4" }, { url: "life.mp4" }],
    video_clip_duration: 0.5,
    video_count: 2,
    video_concat_mode: "random",
  });
  const task = await finish(origin, id);
  expect(task.videos).toHaveLength(2);
  expect(task.combined_videos).toHaveLength(2);
  const [first, second] = await Promise.all(task.combined_videos.map(download));
  expect(first).not.toEqual(second);
});

test("progress grows with the finished segments and never decreases", () => {
  const progress = seen.map((task) => task.progress);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(100);
  expect(new Set(seen.map((task) => task.segments.finished)).size).toBeGreaterThan(2);
  expect(new Set(progress).size).toBeGreaterThan(3);
  for (const task of seen) {
    if (task.segments.total === 0 || task.state !== 4) continue;
    // The soundtrack is rendered first and counts for at most 10 %.
    if (task.segments.finished === 0) expect(task.progress).toBeLessThanOrEqual(10);
    else expect(task.progress).toBeGreaterThan(1);
  }
});
