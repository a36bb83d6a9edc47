import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputFile, JOB_FILES } from "../../../src/ffmpeg/job-files.ts";
import { ffprobeArguments, type ProbeRun, probeRuns, readProbe } from "../../../src/ffmpeg/probe.ts";
import { segmentArguments } from "../../../src/ffmpeg/segment-arguments.ts";
import { sourcePicture } from "../../../src/ffmpeg/source-picture-properties.ts";
import { inspectStill } from "../../../src/ffmpeg/stills/inspect-still.ts";
import { probedStillName, stillProbeRuns } from "../../../src/ffmpeg/stills/still-probe-runs.ts";
import { pictureSeekPoint } from "../../../src/ffmpeg/times/seek-point.ts";
import { type MediaProbe, type Piece, type SegmentJob, segmentJobSchema } from "../../../src/protocol/render-job.ts";
import { ffmpegInWasm, ffprobeInWasm, ffprobeOutput } from "../../support/ffmpeg.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import { hasFFmpeg, rendererUnderTest } from "../../support/renderers-under-test.ts";

export { imagePiece, plain, videoPiece } from "../../support/jobs.ts";

/** Runs ffmpeg with files that are named by their keys, and returns the contents of the file `output`. */
export type RunFFmpeg = (files: Record<string, Uint8Array>, args: string[], output: string) => Promise<Uint8Array>;

export const wasm: RunFFmpeg = async (files, args, output) => {
  const run = await ffmpegInWasm(files, ...args);
  if (run.exitCode !== 0) throw new Error(run.log);
  return run.read(output);
};

export const native: RunFFmpeg = async (files, args, output) => {
  const directory = mkdtempSync(join(tmpdir(), "edgereel-pictures-"));
  try {
    mkdirSync(join(directory, JOB_FILES.fonts));
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(directory, name), bytes);
    execFileSync("ffmpeg", ["-nostdin", "-y", "-loglevel", "error", ...args], { cwd: directory, stdio: "pipe" });
    return readFileSync(join(directory, output));
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** The installed ffmpeg, or ffmpeg.wasm if there is none. */
export const anyFFmpeg: RunFFmpeg = hasFFmpeg ? native : wasm;

/** The ffmpeg of the renderer under test. */
const ffmpegUnderTest = rendererUnderTest === "native" ? native : wasm;

/** The renderers under test, with their names. */
export const renderers: [string, RunFFmpeg][] = [[rendererUnderTest, ffmpegUnderTest]];

/** Describes a file as the renderer under test does: its headers, its beginning and its packets. */
export function wholeProbe(file: Uint8Array): Promise<MediaProbe> {
  return rendererUnderTest === "native" ? probeNatively(file) : probeInWasm(file);
}

async function probeInWasm(file: Uint8Array): Promise<MediaProbe> {
  return probeBy(file, async (name, run) => {
    if (run.program === "ffprobe") return ffprobeInWasm(file, run.args, name);
    const { exitCode, log } = await ffmpegInWasm({ [name]: file }, ...run.args);
    if ("failureMessage" in run && exitCode !== 0) throw new Error(log);
    return log;
  });
}

async function probeNatively(file: Uint8Array): Promise<MediaProbe> {
  const cwd = mkdtempSync(join(tmpdir(), "edgereel-probe-"));
  try {
    return await probeBy(file, async (name, run) => {
      writeFileSync(join(cwd, name), file);
      const end = spawnSync(run.program, run.args, { cwd, encoding: "utf8" });
      if ("failureMessage" in run && end.status !== 0) throw new Error(end.stderr);
      return end.stdout;
    });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** @param execute runs ffprobe or ffmpeg with the file under a name, and returns what it prints. */
async function probeBy(
  file: Uint8Array,
  execute: (name: string, run: ProbeRun) => Promise<string>,
): Promise<MediaProbe> {
  const still = await inspectStill(file);
  const name = still ? probedStillName(still) : "file";
  const runs = still ? stillProbeRuns(still) : probeRuns(name);
  let next = runs.next();
  while (!next.done) {
    let printed = "";
    for (const run of next.value) {
      const output = await execute(name, run);
      if ("readLine" in run) output.split("\n").forEach(run.readLine);
      else if (run.program === "ffprobe") printed = output;
    }
    next = runs.next(printed);
  }
  if (next.value?.kind === "refused") throw new Error(next.value.message);
  if (!next.value) throw new Error("ffprobe finds neither picture nor sound");
  return next.value;
}

/** The piece that planning makes of a file, from `start` seconds after its first picture. */
export function pieceOfFile(file: MediaProbe, start: number, frames: number): Extract<Piece, { kind: "video" }> {
  const { video } = file;
  if (!video) throw new Error("the file has no picture");
  const frameRate = video.variableFrameRate ? null : video.frameRate;
  const time = video.start + start;
  return videoPiece({ frames, start: time, frameRate, seek: pictureSeekPoint(file, frameRate, time) });
}

/** Describes a video or sound by ffprobe alone, and a still picture as the renderers do. */
export async function probe(file: Uint8Array): Promise<MediaProbe> {
  if (await inspectStill(file)) return wholeProbe(file);
  const described = readProbe(await ffprobeOutput(file, ffprobeArguments("file")));
  if (!described) throw new Error("ffprobe finds neither picture nor sound");
  return described;
}

/** The picture properties of a file that the filters need. Throws if it has no video. */
export async function pictureOf(file: Uint8Array): Promise<Piece["picture"]> {
  const { video } = await probe(file);
  if (!video) throw new Error("no picture");
  return sourcePicture(video);
}

/** Makes a file with ffmpeg. `args` include the output format (`-f`) but not the output file. */
export function make(...args: string[]): Promise<Uint8Array> {
  return anyFFmpeg({}, [...args, "output"], "output");
}

/** A segment job. The defaults are 180×320 pixels and an almost lossless encoding. */
export function segment(pieces: Piece[], options: Partial<Omit<SegmentJob, "kind" | "pieces">> = {}): SegmentJob {
  const lossless = { preset: "ultrafast", crf: 1 } as const;
  return segmentJobSchema.parse(segmentJob(pieces, { width: 180, height: 320, encoder: lossless, ...options }));
}

/** Renders a segment as the renderers do, and returns the file. */
export function render(job: SegmentJob, inputs: Uint8Array[], run: RunFFmpeg = ffmpegUnderTest): Promise<Uint8Array> {
  const files = Object.fromEntries(inputs.map((bytes, index) => [inputFile(job, index), bytes]));
  if (job.captions) files[JOB_FILES.captions] = new TextEncoder().encode(job.captions.ass);
  return run(files, segmentArguments(job, { threads: 1 }), JOB_FILES.output);
}

/** The AVCDecoderConfigurationRecord of a video track (ISO/IEC 14496-15 §5.3.3.1) in hexadecimal. */
export function decoderConfiguration(file: Uint8Array, track = 0): string {
  const bytes = Buffer.from(file);
  let type = bytes.indexOf("avcC");
  for (let index = 0; index < track; index++) type = bytes.indexOf("avcC", type + 4);
  return bytes.subarray(type + 4, type - 4 + bytes.readUInt32BE(type - 4)).toString("hex");
}

/** Decoded 4:2:0 frames, each with its luma, then Cb, then Cr. */
export interface Frames {
  width: number;
  height: number;
  frames: Uint8Array[];
}

/** Decodes all frames of the first video track without converting their values. */
export async function decode(video: Uint8Array, width: number, height: number): Promise<Frames> {
  const raw = await anyFFmpeg(
    { video },
    ["-i", "video", "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "raw"],
    "raw",
  );
  const size = width * height * 1.5;
  if (raw.length % size !== 0) throw new Error(`${raw.length} bytes are no whole frames of ${width}×${height}`);
  return {
    width,
    height,
    frames: Array.from({ length: raw.length / size }, (_, index) => raw.subarray(index * size, (index + 1) * size)),
  };
}

/** Renders a segment and decodes its frames. */
export async function renderFrames(
  job: SegmentJob,
  inputs: Uint8Array[],
  run: RunFFmpeg = ffmpegUnderTest,
): Promise<Frames> {
  return decode(await render(job, inputs, run), job.width, job.height);
}

/** Mean luma, Cb and Cr of a square of `2 × radius` pixels. `x` and `y` are its centre in fractions of the frame. */
export function colorAt({ width, height, frames }: Frames, index: number, x: number, y: number, radius = 4) {
  const frame = frames[index];
  if (!frame) throw new RangeError(`there is no frame ${index}`);
  const mean = (from: number, stride: number, scale: number) => {
    let sum = 0;
    let count = 0;
    for (let row = Math.floor((y * height - radius) / scale); row < (y * height + radius) / scale; row++) {
      for (let column = Math.floor((x * width - radius) / scale); column < (x * width + radius) / scale; column++) {
        if (row < 0 || column < 0 || row >= height / scale || column >= width / scale) continue;
        sum += frame[from + row * stride + column] ?? 0;
        count++;
      }
    }
    return sum / count;
  };
  const luma = width * height;
  return [mean(0, width, 1), mean(luma, width / 2, 2), mean(luma * 1.25, width / 2, 2)] as const;
}

/** Peak signal-to-noise ratio in dB between two frames with the given number of luma samples. */
export function psnr(a: Uint8Array | undefined, b: Uint8Array | undefined, samples: number): number {
  if (!a || !b) throw new RangeError("a frame is missing");
  let sum = 0;
  for (let index = 0; index < samples; index++) sum += ((a[index] ?? 0) - (b[index] ?? 0)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 ** 2 * samples) / sum);
}

/** Mean structural similarity of two videos, from 0 to 1. */
export async function ssim(a: Uint8Array, b: Uint8Array): Promise<number> {
  const stats = await anyFFmpeg(
    { a, b },
    ["-i", "a", "-i", "b", "-lavfi", "[0:v:0][1:v:0]ssim=stats_file=stats", "-f", "null", "-"],
    "stats",
  );
  const all = [...new TextDecoder().decode(stats).matchAll(/All:([\d.]+)/g)].map((match) => Number(match[1]));
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

/** Reads a file of a Debian package; null if the package is not installed. */
export function installed(path: string): Uint8Array | null {
  return existsSync(path) ? readFileSync(path) : null;
}

/** Arguments of ffmpeg for one still picture as a file. */
export const STILL = ["-frames:v", "1", "-f", "image2pipe"];
