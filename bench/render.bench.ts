import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import { create, finish, type Task, upload } from "../scripts/client.ts";
import { type RunningProcess, startRenderServer, startService } from "../scripts/service.ts";
import { assDocument } from "../src/timeline/ass.ts";
import { splitScript, timeCues } from "../src/timeline/captions.ts";
import { cpuSeconds } from "./cpu-time.ts";

const CLIPS = 6;
const SECONDS = 5;
const FRAME_RATE = 30;
const PRESET = "veryfast";
const CRF = 23;
const TOKEN = "a token for the bench only";
const SCRIPT =
  "This is the first sentence of the narration. A second one follows it. The third is the last of them all.";
const FONT = new URL(
  "../node_modules/@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf",
  import.meta.url,
);

/** CPU and wall seconds. */
interface Cost {
  cpu: number;
  wall: number;
}

/**
 * What the service costs beside ffmpeg alone: a 30 s video of 1080×1920 of six clips with narration and
 * subtitles, through the whole service with native ffmpeg, against one hand-written ffmpeg command for
 * the same two files, and against encoding three times over. Then two renderers against one.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-render-"));
  try {
    await makeInputs(folder);
    const service = await throughService(folder, 1, undefined);
    const single = singleCommand(folder);
    const classic = threeEncodes(folder);
    report("the service", service);
    report("one ffmpeg command", single);
    report("encode, re-encode to join, re-encode for subtitles", classic);
    ratio("CPU, the service to one command", service.cpu / single.cpu, "at most 1.15", (value) => value <= 1.15);
    ratio("wall, the service to one command", service.wall / single.wall, "at most 1.25", (value) => value <= 1.25);
    ratio("CPU, three encodes to the service", classic.cpu / service.cpu, "at least 2", (value) => value >= 2);
    const one = await throughService(folder, 1, "1");
    const two = await throughService(folder, 2, "1");
    report("one renderer of one slot", one);
    report("two renderers of one slot", two);
    ratio("wall, one renderer to two", one.wall / two.wall, "at least 1.7", (value) => value >= 1.7);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function report(name: string, { cpu, wall }: Cost): void {
  console.log(`${name}: ${cpu.toFixed(1)} s CPU, ${wall.toFixed(1)} s wall`);
}

function ratio(name: string, value: number, wanted: string, holds: (value: number) => boolean): void {
  console.log(`${name}: ${value.toFixed(2)} (wanted: ${wanted})`);
  if (!holds(value)) process.exitCode = 1;
}

const clip = (index: number) => `clip-${index}.mp4`;

async function makeInputs(folder: string): Promise<void> {
  const sources = [
    "testsrc2=s=1280x720:r=30",
    "mandelbrot=s=1280x720:r=30",
    "life=s=320x180:r=30:ratio=0.2:seed=3:mold=10,scale=1280:720:flags=neighbor",
    "gradients=s=1280x720:r=30:seed=5:speed=0.02",
    "mandelbrot=s=1280x720:r=30:start_x=-0.1:start_y=0.9",
    "testsrc2=s=1280x720:r=30,hue=h=90",
  ];
  for (const [index, source] of sources.entries()) {
    run(folder, [
      "-f",
      "lavfi",
      "-i",
      source,
      "-t",
      String(SECONDS + 0.5),
      "-c:v",
      "libx264",
      "-preset",
      "veryfast",
      "-pix_fmt",
      "yuv420p",
      clip(index),
    ]);
  }
  const sound = `aevalsrc='0.3*sin(2*PI*(220+40*sin(t))*t)':d=${CLIPS * SECONDS}`;
  run(folder, ["-f", "lavfi", "-i", sound, "narration.wav"]);
  const style = { width: 1080, height: 1920, font: "Noto Sans" };
  const cues = timeCues(splitScript(SCRIPT), CLIPS * SECONDS * FRAME_RATE);
  await writeFile(join(folder, "captions.ass"), assDocument(cues, style, FRAME_RATE));
  await writeFile(join(folder, "font.ttf"), await readFile(FONT));
}

/** Runs ffmpeg to its end. */
function run(folder: string, args: string[]): void {
  const { status, stderr } = spawnSync("ffmpeg", ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", ...args], {
    cwd: folder,
  });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr}`);
}

function measure(work: () => void): Cost {
  const before = { cpu: cpuSeconds(process.pid), wall: performance.now() };
  work();
  return { cpu: cpuSeconds(process.pid) - before.cpu, wall: (performance.now() - before.wall) / 1000 };
}

const FIT =
  "scale=w='trunc(max(1080,1920*dar)/2)*2':h='trunc(max(1920,1080/dar)/2)*2':flags=bicubic,crop=1080:1920,setsar=1,format=yuv420p,fps=30";
const VIDEO = [
  "-c:v",
  "libx264",
  "-preset",
  PRESET,
  "-crf",
  String(CRF),
  "-profile:v",
  "high",
  "-x264-params",
  "8x8dct=1",
  "-bf",
  "0",
  "-g",
  "60",
];
const SUBTITLES = "ass=captions.ass:fontsdir=.";

function singleCommand(folder: string): Cost {
  const inputs = Array.from({ length: CLIPS }, (_, index) => ["-t", String(SECONDS), "-i", clip(index)]).flat();
  const fitted = Array.from(
    { length: CLIPS },
    (_, index) => `[${index}:v]${FIT},trim=end_frame=${SECONDS * FRAME_RATE},setpts=PTS-STARTPTS[v${index}]`,
  );
  const joined = `${Array.from({ length: CLIPS }, (_, index) => `[v${index}]`).join("")}concat=n=${CLIPS}:v=1:a=0,split[clean][plain]`;
  const graph = [...fitted, joined, `[plain]${SUBTITLES}[captioned]`].join(";");
  return measure(() =>
    run(folder, [
      ...inputs,
      ...["-i", "narration.wav", "-filter_complex", graph],
      ...[
        "-map",
        "[captioned]",
        "-map",
        `${CLIPS}:a`,
        ...VIDEO,
        "-c:a",
        "aac",
        "-b:a",
        "192k",
        "-ar",
        "48000",
        "-ac",
        "2",
        "-movflags",
        "+faststart",
        "final.mp4",
      ],
      ...["-map", "[clean]", ...VIDEO, "-movflags", "+faststart", "combined.mp4"],
    ]),
  );
}

function threeEncodes(folder: string): Cost {
  return measure(() => {
    for (let index = 0; index < CLIPS; index++) {
      run(folder, ["-t", String(SECONDS), "-i", clip(index), "-vf", FIT, "-an", ...VIDEO, `fitted-${index}.mp4`]);
    }
    const inputs = Array.from({ length: CLIPS }, (_, index) => ["-i", `fitted-${index}.mp4`]).flat();
    run(folder, [...inputs, "-filter_complex", `concat=n=${CLIPS}:v=1:a=0`, ...VIDEO, "joined.mp4"]);
    run(folder, ["-i", "joined.mp4", "-i", "narration.wav", "-vf", SUBTITLES, ...VIDEO, "-c:a", "aac", "burned.mp4"]);
  });
}

async function throughService(folder: string, renderers: number, slots: string | undefined): Promise<Cost> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-bench-"));
  const servers: RunningProcess[] = [];
  const origins: string[] = [];
  for (let index = 0; index < renderers; index++) {
    const port = String(await getPort());
    const settings = { PORT: port, RENDERER_TOKEN: TOKEN, SCRATCH_DIR: join(state, `render-${index}`) };
    // One slot stands for a machine of one CPU: its ffmpeg has one thread.
    servers.push(startRenderServer({ ...settings, ...(slots ? { SLOTS: slots, THREADS: "1" } : {}) }));
    origins.push(`http://127.0.0.1:${port}`);
  }
  await Promise.all(servers.map(({ ready }) => ready));
  const vars = {
    RENDERER: "http",
    RENDERER_URL: origins.join(","),
    RENDERER_TOKEN: TOKEN,
    NATIVE_PRESET: PRESET,
    NATIVE_CRF: String(CRF),
  };
  const service = await startService({ port: await getPort(), state, vars });
  try {
    for (let index = 0; index < CLIPS; index++) {
      await upload(
        service.origin,
        "video_materials",
        clip(index),
        new Uint8Array(await readFile(join(folder, clip(index)))),
      );
    }
    await upload(
      service.origin,
      "musics",
      "narration.wav",
      new Uint8Array(await readFile(join(folder, "narration.wav"))),
    );
    const before = { cpu: cpuSeconds(process.pid), wall: performance.now() };
    const task: Task = await finish(
      service.origin,
      await create(service.origin, {
        video_materials: Array.from({ length: CLIPS }, (_, index) => ({ url: clip(index) })),
        video_clip_duration: SECONDS,
        video_concat_mode: "sequential",
        custom_audio_file: "narration.wav",
        video_script: SCRIPT,
      }),
    );
    const cost = { cpu: cpuSeconds(process.pid) - before.cpu, wall: (performance.now() - before.wall) / 1000 };
    if (task.durations[0] !== CLIPS * SECONDS) throw new Error(`the video is ${task.durations[0]} s long`);
    return cost;
  } finally {
    await service.stop();
    for (const server of servers) {
      server.kill();
      await server.ended;
    }
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  }
}
