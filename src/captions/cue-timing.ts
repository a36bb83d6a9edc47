/** A subtitle and when it is seen, in output frames; `end` is the first frame without it. */
export interface Cue {
  start: number;
  end: number;
  /** Its lines, separated by `\n`. */
  text: string;
}

const words = new Intl.Segmenter("und", { granularity: "word" });

/** Characters that are about a syllable each. */
const SYLLABLE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{N}]/gu;

/**
 * How much speech a text is. A letter is 1, and a word 2 more, so that long words take longer, but not
 * in proportion; a syllable that is one character, or a digit, is 4; punctuation is a pause.
 */
export function speechLength(text: string): number {
  let length = 0;
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike) {
      const syllables = segment.match(SYLLABLE)?.length ?? 0;
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
 * Spreads subtitles over `frames` frames by how much speech they are. The cues follow each other
 * without a gap; one that would get no frame at all is left out.
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

/** The cues seen in a stretch, with times counted from its start. */
export function cuesWithin(cues: readonly Cue[], start: number, frames: number): Cue[] {
  return cues
    .filter((cue) => cue.start < start + frames && cue.end > start)
    .map((cue) => ({ ...cue, start: Math.max(0, cue.start - start), end: Math.min(frames, cue.end - start) }));
}
