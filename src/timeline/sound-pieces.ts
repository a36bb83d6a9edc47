import type { SoundPiece } from "../protocol/render-job.ts";
import type { Shot } from "./shots.ts";

/** Two times nearer than this, in seconds, are the same. */
const SAME_TIME = 1e-4;

/**
 * What the clips of a timeline sound like, piece by piece. Shots that follow each other in their source
 * are one piece, so that nothing is faded where nothing is cut.
 *
 * @param inputOf the index of a source's input, or null where the source has no sound.
 */
export function soundPieces(
  shots: readonly Shot[],
  inputOf: (source: number) => number | null,
  rates: { frameRate: number; sampleRate: number },
): SoundPiece[] {
  const pieces: SoundPiece[] = [];
  for (const { source, start, frames } of shots) {
    const input = inputOf(source);
    const samples = Math.round((frames * rates.sampleRate) / rates.frameRate);
    const last = pieces.at(-1);
    const goesOn =
      last !== undefined &&
      last.input === input &&
      (input === null || Math.abs(last.start + last.samples / rates.sampleRate - start) < SAME_TIME);
    if (goesOn) last.samples += samples;
    else pieces.push({ input, start: input === null ? 0 : start, samples });
  }
  return pieces;
}
