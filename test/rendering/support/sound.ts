import { readLoudness } from "../../../src/ffmpeg/loudness.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";
import type { RunFFmpeg } from "./pictures.ts";

/** Sample rate in Hz of all sounds in these tests. */
export const RATE = 48_000;

/** Makes a sound file of a `format` from a lavfi graph, for example `sine=f=440:d=2`. */
export async function synthesize(
  graph: string,
  format = "wav",
  ...options: string[]
): Promise<Uint8Array<ArrayBuffer>> {
  const run = await ffmpeg({}, "-f", "lavfi", "-i", graph, ...options, "-f", format, "output");
  if (run.exitCode !== 0) throw new Error(run.log);
  return run.output;
}

/**
 * Decodes a file's sound to one channel of samples. Applies edit lists, as a player does.
 *
 * @param options ffmpeg options of the input.
 */
export async function samplesOf(
  file: Uint8Array,
  filter = "anull",
  options: readonly string[] = [],
): Promise<Float32Array> {
  const run = await ffmpeg(
    { file },
    ...[...options, "-i", "file", "-map", "0:a:0", "-af", `${filter},aresample=${RATE}`],
    ...["-ac", "1", "-f", "f32le", "output"],
  );
  if (run.exitCode !== 0) throw new Error(run.log);
  return new Float32Array(run.output.buffer, 0, Math.floor(run.output.byteLength / 4));
}

/** Decodes a file's sound to one channel of samples, with an ffmpeg of choice. */
export async function rawSamples(file: Uint8Array, run: RunFFmpeg): Promise<Float32Array> {
  const raw = await run(
    { file },
    ["-i", "file", "-map", "0:a:0", "-ar", String(RATE), "-ac", "1", "-f", "f32le", "output"],
    "output",
  );
  return new Float32Array(raw.slice().buffer, 0, Math.floor(raw.byteLength / 4));
}

/** Measures loudness and true peak of a file (EBU R128). */
export async function loudnessOf(file: Uint8Array) {
  const { log } = await ffmpeg({ file }, "-i", "file", "-map", "0:a:0", "-af", "ebur128=peak=true", "-f", "null", "-");
  return readLoudness(log);
}

/** RMS level in dBFS of the samples between two times in seconds. */
export function level(samples: Float32Array, from: number, to: number): number {
  const part = samples.subarray(Math.round(from * RATE), Math.round(to * RATE));
  return 10 * Math.log10(part.reduce((sum, value) => sum + value * value, 0) / part.length + 1e-12);
}

/**
 * Largest difference between two neighbouring samples as a share of the peak. A click makes a larger one than a
 * tone.
 */
export function largestStep(samples: Float32Array): number {
  let step = 0;
  let peak = 0;
  for (let index = 1; index < samples.length; index++) {
    step = Math.max(step, Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0)));
    peak = Math.max(peak, Math.abs(samples[index] ?? 0));
  }
  return step / peak;
}
