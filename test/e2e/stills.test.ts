import { beforeAll, expect, test } from "vitest";
import { call, create, download, finish, type Task } from "../../scripts/client.ts";
import { ffmpeg, ffprobe } from "../support/ffmpeg.ts";
import { origin } from "./support/running-service.ts";
import { uploadSmallSamples } from "./support/samples.ts";

interface Illustrated extends Task {
  posters: string[];
  storyboards: { video: number; image: string; vtt: string }[];
}

let task: Illustrated;
let combined: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await uploadSmallSamples(origin);
  const id = await create(origin, {
    video_subject: "Plants & Überraschungen",
    video_materials: [{ url: "dusk.mp4" }, { url: "mandelbrot.mp4" }, { url: "life.mp4" }],
    video_concat_mode: "sequential",
    // Every shot fades in from black, so the video starts with a black frame.
    video_transition_mode: "FadeIn",
    video_clip_duration: 2,
    bgm_type: "",
    video_script: "Words that the poster has not.",
  });
  task = (await finish(origin, id)) as Illustrated;
  combined = await download(task.combined_videos[0] ?? "");
});

/** Scales a picture to a size and returns its RGB bytes. */
async function pixels(file: Uint8Array, size: string, ...filters: string[]): Promise<Uint8Array> {
  const vf = [...filters, `scale=${size}:flags=area`].join(",");
  const { output, log } = await ffmpeg(
    { file },
    ...["-i", "file", "-vf", vf, "-frames:v", "1", "-pix_fmt", "rgb24", "-f", "rawvideo", "output"],
  );
  if (output.length === 0) throw new Error(log);
  return output;
}

const difference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? 0)), 0) / a.length;
const mean = (a: Uint8Array) => a.reduce((sum, value) => sum + value, 0) / a.length;

test("the poster is a frame of the video in full size, and not the black first frame", async () => {
  expect(task.posters).toEqual([`${origin}/tasks/${task.task_id}/final-1.jpg`]);
  const poster = await download(task.posters[0] ?? "");
  const [stream] = (await ffprobe(poster)).streams;
  expect(stream).toMatchObject({ codec_name: "mjpeg", width: task.width, height: task.height });
  const shown = await pixels(poster, "36x64");
  expect(mean(await pixels(combined, "36x64"))).toBeLessThan(2);
  expect(mean(shown)).toBeGreaterThan(20);
  const seconds = Array.from({ length: Math.ceil(task.durations[0] ?? 0) }, (_, second) => second);
  const differences = await Promise.all(
    seconds.map(async (second) => difference(shown, await pixels(combined, "36x64", `select=gte(t\\,${second})`))),
  );
  expect(Math.min(...differences)).toBeLessThan(4);
});

test("each tile of the storyboard shows the first frame of its cue", async () => {
  const [storyboard] = task.storyboards;
  const base = `${origin}/tasks/${task.task_id}/`;
  expect(storyboard).toEqual({
    video: 1,
    image: `${base}final-1-storyboard.jpg`,
    vtt: `${base}final-1-storyboard.vtt`,
  });
  const image = await download(storyboard?.image ?? "");
  const vtt = new TextDecoder().decode(await download(storyboard?.vtt ?? ""));
  const cues = [...vtt.matchAll(/00:00:([\d.]+) --> 00:00:([\d.]+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)\n/g)];
  expect(cues.length).toBeGreaterThan(3);
  expect(Number(cues[0]?.[1])).toBe(0);
  expect(Number(cues.at(-1)?.[2])).toBeCloseTo(task.durations[0] ?? 0, 2);
  for (const [index, [, start, , file, x, y, width, height]] of cues.entries()) {
    if (index > 0) expect(start).toBe(cues[index - 1]?.[2]);
    expect(new URL(file ?? "", storyboard?.vtt).href).toBe(storyboard?.image);
    const tile = await pixels(image, "40x70", `crop=${width}:${height}:${x}:${y}`);
    // Seek half a frame early, because the cue's time is rounded to milliseconds.
    const frame = await pixels(combined, "40x70", `select=gte(t\\,${Number(start) - 1 / 60})`);
    expect(difference(tile, frame)).toBeLessThan(4);
  }
  // Two tiles differ, because the clip moves.
  const first = await pixels(image, "40x70", "crop=160:284:160:0");
  const second = await pixels(image, "40x70", "crop=160:284:320:0");
  expect(difference(first, second)).toBeGreaterThan(6);
});

test("posters and storyboards are served with their content types and answer 404 once the task is deleted", async () => {
  const files = {
    "final-1.jpg": "image/jpeg",
    "final-1-storyboard.jpg": "image/jpeg",
    "final-1-storyboard.vtt": "text/vtt; charset=utf-8",
  };
  const addresses = Object.keys(files).flatMap((file) =>
    ["/tasks", "/api/v1/stream", "/api/v1/download"].map(
      (prefix) => [file, `${prefix}/${task.task_id}/${file}`] as const,
    ),
  );
  for (const [file, path] of addresses) {
    const response = await fetch(origin + path);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, files[file as keyof typeof files]]);
    await response.bytes();
  }
  await call(origin, `/api/v1/tasks/${task.task_id}`, { method: "DELETE" });
  for (const [, path] of addresses) expect((await call(origin, path)).status).toBe(404);
});

test("the video file has the video_subject of the request as its title", async () => {
  const { log } = await ffmpeg({ combined }, "-i", "combined", "-f", "null", "-");
  expect(log).toMatch(/title\s*: Plants & Überraschungen/);
});
