import { splitSentences } from "../text/split-sentences.ts";
import { baseDirection, type Direction } from "./base-direction.ts";
import { speechLength } from "./timing/speech-length.ts";
import { breakCost, collapseWhitespace, type LineFits, unbreakableParts, wrapParts } from "./wrap-lines.ts";

const MAX_LINES_PER_SUBTITLE = 2;

/** A part of a script that is shown at one time. */
export interface Subtitle {
  /** Without line breaks. */
  text: string;
  /** At most two lines, separated by `\n`. */
  shown: string;
  /** The direction of its paragraph. */
  direction: Direction;
}

/**
 * Splits a script into subtitles of at most two lines. Each sentence becomes a subtitle. A sentence that is too long
 * is divided into parts of similar length, preferably between clauses, else between words.
 *
 * @param script without markup.
 * @param language BCP 47 tag; selects the rules for words and sentences. "und" if unknown.
 */
export function splitScript(script: string, fits: LineFits, language = "und"): Subtitle[] {
  const paragraphs = script
    .normalize("NFC")
    .split(/[\r\n\u2028\u2029]+/)
    .map(collapseWhitespace);
  const whole = paragraphs.join("\n");
  let position = 0;
  return splitSentences(whole, language).flatMap((sentence) => {
    const found = whole.indexOf(sentence, position);
    const start = found < 0 ? position : found;
    position = found < 0 ? position : found + sentence.length;
    const end = whole.indexOf("\n", start);
    const paragraph = whole.slice(whole.lastIndexOf("\n", start) + 1, end < 0 ? undefined : end);
    const direction = baseDirection(found < 0 ? sentence : paragraph);
    return splitSentence(sentence, fits, language).map((subtitle) => ({ ...subtitle, direction }));
  });
}

/**
 * Joins subtitles that follow each other until there are at most `max`, shortest ones first, as long as two of them fit into
 * the lines of one. So short sentences are shown together if there is no time for each of them.
 */
export function joinSubtitles(
  subtitles: readonly Subtitle[],
  max: number,
  fits: LineFits,
  language = "und",
): Subtitle[] {
  const joined = subtitles.map((subtitle) => ({ subtitle, length: speechLength(subtitle.text) }));
  /** The subtitles that a subtitle and the next one make together; null if they do not fit. */
  const pairs = new Map<Subtitle, Subtitle | null>();
  const pairAt = (index: number): Subtitle | null => {
    const first = (joined[index] as (typeof joined)[number]).subtitle;
    const second = joined[index + 1]?.subtitle;
    if (!second) return null;
    let pair = pairs.get(first);
    if (pair === undefined) {
      const text = `${first.text} ${second.text}`;
      const lines = wrapParts(unbreakableParts(text, fits, language), fits, MAX_LINES_PER_SUBTITLE);
      const { direction } = first;
      pair = lines.length <= MAX_LINES_PER_SUBTITLE ? { text, shown: lines.join("\n"), direction } : null;
      pairs.set(first, pair);
    }
    return pair;
  };
  while (joined.length > max) {
    const shortest = joined
      .map(({ length }, index) => ({ index, length: length + (joined[index + 1]?.length ?? 0) }))
      .sort((a, b) => a.length - b.length)
      .find(({ index }) => pairAt(index) !== null);
    if (!shortest) break;
    const { index } = shortest;
    const subtitle = pairAt(index) as Subtitle;
    joined.splice(index, 2, { subtitle, length: speechLength(subtitle.text) });
    const before = joined[index - 1];
    if (before) pairs.delete(before.subtitle);
  }
  return joined.map(({ subtitle }) => subtitle);
}

function splitSentence(sentence: string, fits: LineFits, language: string): Omit<Subtitle, "direction">[] {
  const parts = unbreakableParts(sentence, fits, language);
  const subtitles: Omit<Subtitle, "direction">[] = [];
  const divide = (from: number, to: number): void => {
    const lines = wrapParts(parts.slice(from, to), fits, MAX_LINES_PER_SUBTITLE);
    if (lines.length <= MAX_LINES_PER_SUBTITLE || to - from < 2) {
      subtitles.push({ text: parts.slice(from, to).join("").trim(), shown: lines.join("\n") });
      return;
    }
    const middle = bestBreak(parts.slice(from, to));
    divide(from, from + middle);
    divide(from + middle, to);
  };
  divide(0, parts.length);
  return subtitles;
}

/** The best place to break a text in two, as the number of parts before the break. */
function bestBreak(parts: readonly string[]): number {
  const total = parts.join("").length;
  let before = 0;
  let best = { index: 1, cost: Number.POSITIVE_INFINITY };
  for (const [index, part] of parts.slice(0, -1).entries()) {
    before += part.length;
    const cost = Math.abs(before / total - 0.5) + breakCost(part);
    if (cost < best.cost) best = { index: index + 1, cost };
  }
  return best.index;
}
