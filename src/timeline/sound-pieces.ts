import type { SoundPiece } from "../protocol/render-job.ts";
import type { Shot } from "./shots.ts";

/** Max difference between two times that count as equal. */
const TIME_TOLERANCE_SECONDS = 1e-4;

/**
 * Lists the sound of the clips, piece by piece. Consecutive shots that also follow each other in their source become
 * one piece, so that there is no fade where there is no cut.
 *
 * @param inputOf returns the index of a source's input, or null if the source has no sound.
 */
export function soundPieces(
  shots: readonly Shot[],
  inputOf: (source: number) => number | null,
  rates: { frameRate: number; sampleRate: number },
): SoundPiece[] {
  const pieces: SoundPiece[] = [];
  for (const { source, start, frames, speed } of shots) {
    const input = inputOf(source);
    const samples = Math.round((frames * rates.sampleRate) / rates.frameRate);
    const last = pieces.at(-1);
    const continues =
      last !== undefined &&
      last.input === input &&
      (input === null || Math.abs(endOf(last, rates.sampleRate) - start) < TIME_TOLERANCE_SECONDS);
    if (continues) last.samples += samples;
    else if (input === null) pieces.push({ input, start: 0, samples });
    else pieces.push({ input, start, samples, ...(speed === 1 ? {} : { speed }) });
  }
  return pieces;
}

/** Where a piece ends within its source, in seconds. */
function endOf({ start, samples, speed = 1 }: SoundPiece, sampleRate: number): number {
  return start + (samples * speed) / sampleRate;
}
