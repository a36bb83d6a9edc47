import type { TimedSentence } from "../../protocol/authoring.ts";
import { type Cue, speechLength } from "./cue-timing.ts";

/** A spoken sentence and the subtitles that it is divided into. */
export interface SpokenText {
  sentence: TimedSentence;
  texts: readonly string[];
}

/** A subtitle stays until the next one if the gap between them is at most this long, in seconds. */
const MAX_HELD_GAP_SECONDS = 0.6;

/**
 * Shows each sentence while it is said. A sentence of several subtitles is divided by the times of its words, or without
 * them in proportion to how long each part takes to say.
 *
 * @param frames the length of the video. Subtitles end with it.
 */
export function spokenCues(spoken: readonly SpokenText[], frames: number, frameRate: number): Cue[] {
  const timed = spoken.flatMap(partTimes);
  return timed.flatMap(({ text, start, end }, index) => {
    const next = timed[index + 1];
    const held = next && next.start - end <= MAX_HELD_GAP_SECONDS ? next.start : end;
    const first = Math.round(start * frameRate);
    const last = Math.min(frames, Math.round(held * frameRate));
    return last > first ? [{ start: first, end: last, text }] : [];
  });
}

interface TimedPart {
  text: string;
  /** Seconds. */
  start: number;
  end: number;
}

function partTimes({ sentence, texts }: SpokenText): TimedPart[] {
  const { start, end, words } = sentence;
  const lengths = texts.map(speechLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let spoken = 0;
  let letters = 0;
  const begins = texts.map((text, index) => {
    const proportional = start + ((end - start) * spoken) / Math.max(total, 1e-9);
    const exact = index === 0 ? start : words && startOfLetter(words, letters);
    spoken += lengths[index] ?? 0;
    letters += letterCount(text);
    return exact ?? proportional;
  });
  return texts.map((text, index) => ({ text, start: begins[index] ?? start, end: begins[index + 1] ?? end }));
}

/** When the word with a letter of the sentence begins, in seconds; null if there are fewer letters. */
function startOfLetter(words: NonNullable<TimedSentence["words"]>, letter: number): number | null {
  let seen = 0;
  for (const word of words) {
    seen += letterCount(word.text);
    if (seen > letter) return word.start;
  }
  return null;
}

function letterCount(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
