import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, create, download, type Task, upload } from "../scripts/client.ts";
import { freePort } from "../scripts/free-port.ts";
import { type RunningProcess, startRenderServer, startService } from "../scripts/service.ts";
import { videoRequestSchema } from "../src/api/video-request.ts";
import { assDocument } from "../src/captions/ass-document.ts";
import { captionStyle } from "../src/captions/caption-style.ts";
import { readFont } from "../src/captions/fonts/read-font-file.ts";
import { captionPlanner } from "../src/captions/plan-captions.ts";
import { cpuSeconds } from "./cpu-time.ts";

export const CLIP_COUNT = 6;
export const CLIP_SECONDS = 5;
export const FRAME_RATE = 30;
export const X264_PRESET = "veryfast";
export const X264_CRF = 23;
/** File name of the background music. */
export const MUSIC_FILE = "music.wav";
const TOKEN = "a token for the bench only";
const NARRATION_TEXT =
  "This is the first sentence of the narration. A second one follows it. The third is the last of them all.";
/** The bundled font of the captions. */
export const FONT_FILE = new URL(
  "../node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  import.meta.url,
);

/** CPU and wall seconds. */
export interface Cost {
  cpu: number;
  wall: number;
}

/** Prints the cost of something. */
export function report(name: string, { cpu, wall }: Cost): void {
  console.log(`${name}: ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s wall`);
}

/** Prints a ratio and its target. The benchmark fails if the ratio misses the target. */
export function ratio(name: string, value: number, target: string, holds: (value: number) => boolean): void {
  console.log(`${name}: ${value.toFixed(2)} (target: ${target})`);
  if (!holds(value)) process.exitCode = 1;
}

/** File name of a clip. */
export const clip = (index: number) => `clip-${index}.mp4`;

/** Makes a clip from a video source of ffmpeg. */
export function makeClip(folder: string, source: string, seconds: number, name: string): void {
  const encoding = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];
  run(folder, ["-f", "lavfi", "-i", source, "-t", String(seconds), ...encoding, name]);
}

/** Makes the clips, the narration, the music, and the captions. */
export async function makeInputs(folder: string): Promise<void> {
  const sources = [
    "testsrc2=s=1280x720:r=30",
    "mandelbrot=s=1280x720:r=30",
    "life=s=320x180:r=30:ratio=0.2:seed=3:mold=10,scale=1280:720:flags=neighbor",
    "gradients=s=1280x720:r=30:seed=5:speed=0.02",
    "mandelbrot=s=1280x720:r=30:start_x=-0.1:start_y=0.9",
    "testsrc2=s=1280x720:r=30,hue=h=90",
  ];
  for (const [index, source] of sources.entries()) {
    makeClip(folder, source, CLIP_SECONDS + 0.5, clip(index));
  }
  const sound = `aevalsrc='0.3*sin(2*PI*(220+40*sin(t))*t)':d=${CLIP_COUNT * CLIP_SECONDS}`;
  run(folder, ["-f", "lavfi", "-i", sound, "narration.wav"]);
  const music = "aevalsrc='0.2*sin(2*PI*330*t)*lt(mod(t,0.5),0.3)':d=12";
  run(folder, ["-f", "lavfi", "-i", music, MUSIC_FILE]);
  const font = await readFile(FONT_FILE);
  const fonts = [readFont(font)];
  const request = videoRequestSchema.parse({ video_materials: [{ url: clip(0) }], video_script: NARRATION_TEXT });
  const style = captionStyle(request, { width: 1080, height: 1920 });
  const cues = captionPlanner(
    request,
    style,
    { fonts, timed: null },
    FRAME_RATE,
  )(CLIP_COUNT * CLIP_SECONDS * FRAME_RATE);
  await writeFile(join(folder, "captions.ass"), assDocument(cues, style, fonts, FRAME_RATE).text);
  await writeFile(join(folder, "font.ttf"), font);
}

/** Runs ffmpeg to its end and returns what it printed. */
export function run(folder: string, args: string[], level = "error"): string {
  const { status, stderr } = spawnSync("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", level, "-y", ...args], {
    cwd: folder,
  });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
  return String(stderr);
}

/** Measures the cost of `work`, including its child processes. */
export function measure(work: () => void): Cost {
  const before = { cpu: cpuSeconds(process.pid), wall: performance.now() };
  work();
  return { cpu: cpuSeconds(process.pid) - before.cpu, wall: (performance.now() - before.wall) / 1000 };
}

/**
 * Makes the video with the whole service, and measures from the request to the finished task.
 *
 * @param renderers number of render servers.
 * @param slots slots of each server, with one thread per slot. Undefined uses the server's default.
 * @param more additional fields of the request.
 */
export async function throughService(
  folder: string,
  renderers: number,
  slots?: string,
  more: object = {},
): Promise<Cost & { final: string }> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-bench-"));
  const servers: RunningProcess[] = [];
  const origins: string[] = [];
  for (let index = 0; index < renderers; index++) {
    const port = String(await freePort());
    const settings = { PORT: port, RENDERER_TOKEN: TOKEN, SCRATCH_DIR: join(state, `render-${index}`) };
    // One slot simulates a machine with one CPU, so its ffmpeg has one thread.
    servers.push(startRenderServer({ ...settings, ...(slots ? { SLOTS: slots, THREADS: "1" } : {}) }));
    origins.push(`http://127.0.0.1:${port}`);
  }
  await Promise.all(servers.map(({ ready }) => ready));
  const vars = {
    RENDERER: "http",
    RENDERER_URL: origins.join(","),
    RENDERER_TOKEN: TOKEN,
    NATIVE_PRESET: X264_PRESET,
    NATIVE_CRF: String(X264_CRF),
  };
  const service = await startService({ port: await freePort(), state, vars });
  try {
    for (let index = 0; index < CLIP_COUNT; index++) {
      await upload(service.origin, "video_materials", clip(index), await read(folder, clip(index)));
    }
    await upload(service.origin, "narrations", "narration.wav", await read(folder, "narration.wav"));
    await upload(service.origin, "musics", MUSIC_FILE, await read(folder, MUSIC_FILE));
    const before = { cpu: cpuSeconds(process.pid), wall: performance.now() };
    const task = await waitFor(
      service.origin,
      await create(service.origin, {
        video_materials: Array.from({ length: CLIP_COUNT }, (_, index) => ({ url: clip(index) })),
        video_clip_duration: CLIP_SECONDS,
        video_concat_mode: "sequential",
        custom_audio_file: "narration.wav",
        video_script: NARRATION_TEXT,
        bgm_type: "",
        ...more,
      }),
    );
    const cost = { cpu: cpuSeconds(process.pid) - before.cpu, wall: (performance.now() - before.wall) / 1000 };
    if (task.durations[0] !== CLIP_COUNT * CLIP_SECONDS) throw new Error(`the video is ${task.durations[0]} s long`);
    const final = `final-${task.task_id}.mp4`;
    await writeFile(join(folder, final), await download(task.videos[0] ?? ""));
    return { ...cost, final };
  } finally {
    await service.stop();
    for (const server of servers) {
      server.kill();
      await server.ended;
    }
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits for the end of a task with long polls, which use little CPU. */
async function waitFor(origin: string, id: string): Promise<Task> {
  for (;;) {
    const { data, message } = await call<Task>(origin, `/api/v1/tasks/${id}?wait=25`);
    if (data.state === 1) return data;
    if (data.state === -1) throw new Error(`the task failed: ${data.error ?? message}`);
  }
}

async function read(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(join(folder, name)));
}
