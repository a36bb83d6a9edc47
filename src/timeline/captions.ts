/** A line of subtitles and when it is seen, in output frames; `end` is the first frame without it. */
export interface Cue {
  start: number;
  end: number;
  text: string;
}

/** Longest line, in characters; a subtitle longer than this is shown as several. */
const LINE_LENGTH = 42;

const sentences = new Intl.Segmenter("en", { granularity: "sentence" });
const words = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Splits a script into subtitles: at sentences, and a long sentence into parts of about the same
 * length, between words. White space is folded.
 */
export function splitScript(script: string): string[] {
  return script
    .split(/\n+/)
    .flatMap((paragraph) => [...sentences.segment(fold(paragraph))].map(({ segment }) => segment.trim()))
    .filter((sentence) => sentence !== "")
    .flatMap(splitSentence);
}

/** Control characters count as white space: libass takes a NUL for the end of all text. */
function fold(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ");
}

function splitSentence(sentence: string): string[] {
  const parts = Math.ceil(sentence.length / LINE_LENGTH);
  if (parts === 1) return [sentence];
  const target = sentence.length / parts;
  const lines: string[] = [];
  let line = "";
  for (const word of sentence.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && (longer.length > LINE_LENGTH || line.length >= target)) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  lines.push(line);
  return lines;
}

/** How much speech a line is: its words, each counted by its length, so that long words take longer. */
function speechLength(line: string): number {
  let length = 0;
  for (const { segment, isWordLike } of words.segment(line)) {
    if (isWordLike) length += 2 + segment.length;
  }
  return Math.max(1, length);
}

/**
 * Spreads lines over `frames` frames by the length of their words. The cues follow each other
 * without a gap; a line that would get no frame at all is left out.
 */
export function timeCues(lines: readonly string[], frames: number): Cue[] {
  const lengths = lines.map(speechLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let spoken = 0;
  return lines.flatMap((text, index) => {
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

/**
 * The first characters of `text` that the bundled font (Noto Sans: Latin, Greek, Cyrillic) has no
 * glyph for; empty where it can draw everything.
 */
export function charactersWithoutGlyph(text: string): string[] {
  const missing = new Set<string>();
  for (const character of text) {
    if (!/[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/u.test(character))
      missing.add(character);
    else if (/\p{Extended_Pictographic}/u.test(character) && !/[©®™]/u.test(character)) missing.add(character);
    else if (/[\u3000-\u303f\uff00-\uffef]/u.test(character)) missing.add(character);
  }
  return [...missing].slice(0, 10);
}
