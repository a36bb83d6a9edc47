import type { Narrated } from "../protocol/authoring.ts";
import { type ShotTimes, shownSeconds } from "./select-footage.ts";

/** Places footage that follows the script: each search term has its sentences. Pure. */

/** Shots are not shorter than this if possible. A shorter one looks like a flash. */
const MIN_SHOT_SECONDS = 0.5;

/** A piece of footage of a term. */
export interface Piece {
  /** Index into the footage of the term. */
  footage: number;
  frames: number;
}

/**
 * When each term's footage begins and ends, in seconds: from the start of its first sentence to the start of the next
 * term's. Terms are spread evenly over the sentences; if there are more terms than sentences, several share a sentence.
 *
 * @param present the numbers of the terms that have footage, ascending. They also cover the time of the others.
 * @param count how many terms there are.
 */
export function termSpans(
  present: readonly number[],
  count: number,
  { sentences, duration }: Pick<Narrated, "sentences" | "duration">,
): { start: number; end: number }[] {
  const startOf = (sentence: number) => (sentence === 0 ? 0 : (sentences[sentence]?.start ?? duration));
  const starts = present.map((term, index) => {
    if (index === 0) return 0;
    const place = (term * sentences.length) / Math.max(1, count);
    const sentence = Math.floor(place);
    const start = startOf(sentence);
    return count > sentences.length ? start + (place - sentence) * (startOf(sentence + 1) - start) : start;
  });
  return starts.map((start, index) => ({ start, end: Math.max(start, starts[index + 1] ?? duration) }));
}

/**
 * Covers the time of a term with its footage, in order, without a gap:
 *
 * 1. Each piece is shown for `clipSeconds` at most, if there is enough footage for that.
 * 2. If not, each piece is shown as long as it is.
 * 3. If that is not enough either, the footage is repeated.
 *
 * @param lengths seconds of each piece of footage at its own speed; Infinity for a still picture.
 * @param total the frames to cover.
 */
export function coverSpan(
  lengths: readonly number[],
  total: number,
  { frameRate, ...shots }: ShotTimes & { frameRate: number },
): Piece[] {
  const inFrames = (seconds: number) => Math.max(1, Math.floor(seconds * frameRate + 1e-6));
  const short = lengths.map((seconds) => inFrames(shownSeconds(seconds, shots)));
  const whole = lengths.map((seconds) => inFrames(seconds / shots.speed));
  const isEnough = short.reduce((sum, frames) => sum + frames, 0) >= total;
  const most = isEnough ? short : whole;
  const pieces: Piece[] = [];
  for (let left = total, turn = 0; left > 0 && most.length > 0; turn++) {
    const footage = turn % most.length;
    const frames = Math.min(left, most[footage] ?? 1);
    pieces.push({ footage, frames });
    left -= frames;
  }
  lengthenLast(pieces, most, Math.ceil(MIN_SHOT_SECONDS * frameRate));
  return pieces;
}

/** Gives a last piece that is too short some frames of the piece before it. */
function lengthenLast(pieces: readonly Piece[], most: readonly number[], shortest: number): void {
  const [before, last] = pieces.slice(-2);
  if (!before || !last || last.frames >= shortest) return;
  const room = Math.min(shortest, most[last.footage] ?? 0) - last.frames;
  const moved = Math.max(0, Math.min(room, before.frames - shortest));
  before.frames -= moved;
  last.frames += moved;
}
