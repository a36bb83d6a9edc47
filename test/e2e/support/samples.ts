import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { create, upload } from "../../../scripts/client.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";

/** Reads a file of the `samples` folder. */
export async function sample(name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(new URL(`../../../samples/${name}`, import.meta.url)));
}

/** Uploads the sample clips and the sample narration under their own names. */
export async function uploadSamples(origin: string): Promise<void> {
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(origin, "video_materials", name, await sample(name));
  }
  await upload(origin, "narrations", "narration.mp3", await sample("narration.mp3"));
}

/**
 * Uploads the samples as {@link uploadSamples} does, with clips of 320×180 pixels. ffmpeg.wasm decodes them several times
 * faster than the samples themselves.
 */
export function uploadSmallSamples(origin: string): Promise<void> {
  const uploading = uploaded.get(origin) ?? uploadSmall(origin);
  uploaded.set(origin, uploading);
  return uploading;
}

/** The services that have the small samples. Test files of one vitest worker share a service. */
const uploaded = new Map<string, Promise<void>>();

async function uploadSmall(origin: string): Promise<void> {
  for (const name of ["dusk.mp4", "mandelbrot.mp4", "life.mp4"]) {
    await upload(origin, "video_materials", name, await smallClip(name));
  }
  await upload(origin, "narrations", "narration.mp3", await sample("narration.mp3"));
}

/** A sample clip of 320×180 pixels. Made once for this checkout, and kept between runs. */
async function smallClip(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const clip = await sample(name);
  const hash = createHash("sha256").update(clip).digest("hex").slice(0, 16);
  const file = fileURLToPath(new URL(`../../../node_modules/.cache/edgereel-tests/${hash}-${name}`, import.meta.url));
  const kept = await readFile(file).catch(() => null);
  if (kept) return new Uint8Array(kept);
  const encode = [
    "-vf",
    "scale=320:180",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "18",
    "-f",
    "mp4",
    "output",
  ];
  const { output, log } = await ffmpeg({ clip }, "-i", "clip", ...encode);
  if (output.byteLength === 0) throw new Error(log);
  await mkdir(dirname(file), { recursive: true });
  // Renamed, because two vitest workers may make the same clip.
  await writeFile(`${file}.${process.pid}`, output);
  await rename(`${file}.${process.pid}`, file);
  return output;
}

/**
 * Creates a task with the sample narration. Rendering takes long enough to watch its progress. Returns the
 * task's id.
 */
export function createNarrated(origin: string, more: object = {}): Promise<string> {
  return create(origin, {
    video_materials: [{ url: "dusk.mp4" }, { url: "mandelbrot.mp4" }],
    video_clip_duration: 2,
    video_concat_mode: "sequential",
    custom_audio_file: "narration.mp3",
    video_script: "Edgereel makes short videos at the edge. You post a request.",
    ...more,
  });
}

/** A silent WAV file of the given length in seconds, as 8-bit PCM at 8 kHz. */
export function silence(seconds: number): Uint8Array<ArrayBuffer> {
  const samples = seconds * 8_000;
  const file = Buffer.alloc(44 + samples, 128);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(8_000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36);
  file.writeUInt32LE(samples, 40);
  return new Uint8Array(file);
}
