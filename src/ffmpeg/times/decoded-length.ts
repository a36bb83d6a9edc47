import { INPUT_GUARD } from "../input-guard.ts";

/**
 * The ffmpeg arguments that decode a whole sound and print one line for each piece of it, for {@link DecodedLengthReader}.
 *
 * @param allowChanges false to stop where the sample rate or the channels change.
 */
export function decodeListArguments(file: string, allowChanges: boolean): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", ...INPUT_GUARD],
    ...(allowChanges ? [] : ["-reinit_filter", "0"]),
    ...["-i", file, "-map", "0:a:0", "-c:a", "pcm_s16le", "-f", "framecrc", "pipe:1"],
  ];
}

/** Adds up how long a sound is, line by line. */
export class DecodedLengthReader {
  #samples = 0;
  #sampleRate = 0;

  /** Reads a line of ffmpeg's `framecrc` format. */
  readLine(line: string): void {
    this.#sampleRate = Number(/^#sample_rate 0: (\d+)/.exec(line)?.[1] ?? this.#sampleRate);
    const [stream, , , samples] = line.split(",");
    if (stream === "0") this.#samples += Number(samples) || 0;
  }

  /** Seconds. 0 if nothing was decoded. */
  get length(): number {
    return this.#sampleRate > 0 ? this.#samples / this.#sampleRate : 0;
  }
}
