import type { TimedText } from "./read-subtitle-file.ts";

/** A subtitle and when it is shown, in output frames. `end` is the first frame that does not show it. */
export interface Cue {
  start: number;
  end: number;
  /** Lines separated by `\n`. */
  text: string;
}

const words = new Intl.Segmenter("und", { granularity: "word" });

/** Characters that take about one syllable each to say. */
const SYLLABLE_CHARACTER = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}]/gu;

/**
 * Estimates how long a text takes to say, without a unit. A word counts 2 plus 1 per letter, so long words take longer
 * than short ones, but less than in proportion. A digit, or a character that is a syllable, counts 4. A sentence end
 * counts 4 and a comma 2, for the pause.
 */
export function speechLength(text: string): number {
  let length = 0;
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike) {
      const syllables = segment.match(SYLLABLE_CHARACTER)?.length ?? 0;
      const letters = (segment.match(/\p{L}/gu)?.length ?? 0) + (segment.match(/\p{N}/gu)?.length ?? 0) - syllables;
      length += 4 * syllables + (letters > 0 ? 2 + letters : 0);
    } else if (/[.!?。！？؟।…]/u.test(segment)) {
      length += 4;
    } else if (/[,;:،؛、，；：—–]/u.test(segment)) {
      length += 2;
    }
  }
  return Math.max(1, length);
}

/**
 * Spreads texts over `frames` frames in proportion to {@link speechLength}. The cues follow each other without a gap.
 * A text too short for one frame is left out.
 */
export function timeCues(texts: readonly string[], frames: number): Cue[] {
  const lengths = texts.map(speechLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let spoken = 0;
  return texts.flatMap((text, index) => {
    const start = Math.round((spoken / total) * frames);
    spoken += lengths[index] ?? 0;
    const end = Math.round((spoken / total) * frames);
    return end > start ? [{ start, end, text }] : [];
  });
}

/** Converts the subtitles of a file to cues of a video with `frames` frames. Subtitles past its end are left out. */
export function framedCues(timed: readonly TimedText[], frames: number, frameRate: number): Cue[] {
  return timed.flatMap(({ start, end, text }) => {
    const first = Math.round(start * frameRate);
    const last = Math.min(frames, Math.round(end * frameRate));
    return last > first ? [{ start: first, end: last, text }] : [];
  });
}

/** The cues shown during the `frames` frames from `start`, with times relative to `start`. */
export function cuesWithin(cues: readonly Cue[], start: number, frames: number): Cue[] {
  return cues
    .filter((cue) => cue.start < start + frames && cue.end > start)
    .map((cue) => ({ ...cue, start: Math.max(0, cue.start - start), end: Math.min(frames, cue.end - start) }));
}
