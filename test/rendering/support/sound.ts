import { readLoudness } from "../../../src/ffmpeg/loudness.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";

/** Samples per second of everything measured here. */
export const RATE = 48_000;

/** Makes a sound from a lavfi graph, e.g. `sine=f=440:d=2`, as a file of `format`. */
export async function synthesize(
  graph: string,
  format = "wav",
  ...options: string[]
): Promise<Uint8Array<ArrayBuffer>> {
  const run = await ffmpeg({}, "-f", "lavfi", "-i", graph, ...options, "-f", format, "output");
  if (run.exitCode !== 0) throw new Error(run.log);
  return run.output;
}

/** Decodes a file's sound to samples of one channel, as a player would (edit lists honoured). */
export async function samplesOf(file: Uint8Array, filter = "anull"): Promise<Float32Array> {
  const run = await ffmpeg(
    { file },
    ...["-i", "file", "-map", "0:a:0", "-af", `${filter},aresample=${RATE}`],
    ...["-ac", "1", "-f", "f32le", "output"],
  );
  if (run.exitCode !== 0) throw new Error(run.log);
  return new Float32Array(run.output.buffer, 0, Math.floor(run.output.byteLength / 4));
}

/** Loudness and true peak of a file, by EBU R128. */
export async function loudnessOf(file: Uint8Array) {
  const { log } = await ffmpeg({ file }, "-i", "file", "-map", "0:a:0", "-af", "ebur128=peak=true", "-f", "null", "-");
  return readLoudness(log);
}

/** Level of a stretch of samples in dBFS (root mean square). Times in seconds. */
export function level(samples: Float32Array, from: number, to: number): number {
  const part = samples.subarray(Math.round(from * RATE), Math.round(to * RATE));
  return 10 * Math.log10(part.reduce((sum, value) => sum + value * value, 0) / part.length + 1e-12);
}
