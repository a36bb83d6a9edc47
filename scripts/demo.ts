// npm run demo: starts a service, makes a video of a script, which the embedded voice speaks, and the sample clips through
// the public API, and stops the service.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { SingleBar } from "cli-progress";
import { create, download, finish, type Task, upload } from "./client.ts";
import { freePort } from "./free-port.ts";
import { type Service, startService } from "./service.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "demo-output");
const clips = ["dusk.mp4", "mandelbrot.mp4", "life.mp4"];
const script =
  "Edgereel makes short videos at the edge. You post a request. You watch it being made. Then you press play.";

const state = await mkdtemp(join(tmpdir(), "edgereel-demo-"));
const printed: string[] = [];
let service: Service | undefined;
try {
  console.log("Starting Edgereel on this machine, with ffmpeg.wasm as the renderer and the embedded voice …");
  service = await startService({
    port: await freePort(),
    state,
    author: {},
    onLine: (line, from) => printed.push(`[${from}] ${line}`),
  });
  const files = await makeVideo(service.origin);
  console.log("\nYour videos (final: with narration and subtitles; combined: the same picture without them):");
  for (const file of files) console.log(`  ${relative(process.cwd(), file)}`);
  console.log("\nNext: run `npm run dev` and open http://localhost:8080, a page that makes videos.");
} catch (error) {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  console.error(`The service's last output:\n${printed.slice(-40).join("\n")}`);
  process.exitCode = 1;
} finally {
  await service?.stop();
  await rm(state, { recursive: true, force: true, maxRetries: 5 });
}

/** Uploads the samples, creates a task, waits for its end and saves its videos. Returns the paths of the saved files. */
async function makeVideo(origin: string): Promise<string[]> {
  console.log(`Uploading ${clips.length} clips to ${origin} …`);
  for (const name of clips) await upload(origin, "video_materials", name, await sample(name));

  const id = await create(origin, {
    video_subject: "Edgereel demo",
    video_script: script,
    video_materials: clips.map((url) => ({ provider: "local", url })),
    video_aspect: "9:16",
    video_concat_mode: "sequential",
    video_clip_duration: 2.5,
    voice_name: "embedded:slt",
    subtitle_enabled: true,
  });
  console.log(`Created task ${id} with POST /api/v1/videos.\n`);
  const task = await withProgressBar((onTask) => finish(origin, id, onTask));

  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const url of [...task.videos, ...task.combined_videos]) {
    const file = join(folder, new URL(url).pathname.split("/").at(-1) ?? "video.mp4");
    await writeFile(file, await download(url));
    files.push(file);
  }
  if (task.audio_file) await writeFile(join(folder, "audio.wav"), await download(task.audio_file));
  console.log(`\nRendered ${task.durations[0]?.toFixed(1)} s at ${task.width}×${task.height}.`);
  return files;
}

async function withProgressBar(work: (onTask: (task: Task) => void) => Promise<Task>): Promise<Task> {
  const bar = new SingleBar({
    format: "{bar} {percentage} %  {stage}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    stream: process.stdout,
    // If the output is not a terminal, print a line every 2 seconds.
    noTTYOutput: true,
    notTTYSchedule: 2_000,
  });
  bar.start(100, 0, { stage: "queued" });
  try {
    return await work((task) => bar.update(task.progress, { stage: task.stage }));
  } finally {
    bar.stop();
  }
}

function sample(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return readFile(join(root, "samples", name)).then((bytes) => new Uint8Array(bytes));
}
