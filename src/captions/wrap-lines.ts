import { lineBreaks } from "../text/line-breaks.ts";
import { segmenterFor } from "../text/segmenters.ts";

/** True if a line is short enough for the frame. */
export type LineFits = (line: string) => boolean;

/** Punctuation that ends a clause or sentence, optionally followed by a closing quotation mark. */
export const CLAUSE_END = /[,;:.!?،؛؟।॥、，；：。！？…—–][\p{Pe}\p{Pf}"']*\s*$/u;
/** Articles, prepositions and conjunctions of European languages, which belong to the next word. Most of them are short. */
const JOINS_NEXT =
  /(?:^|[\s"'“„«(])(?:[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}]{1,2}|the|and|for|der|die|das|den|dem|ein|und|mit|von|les|des|une|los|las|una|con|por|que|del|het|een|для|что|как|или|при|над|под|без)\s*$/iu;

/**
 * A break after a clause may be this much further from the ideal place than one inside a clause, as a share of the
 * text.
 */
const CLAUSE_BREAK_BONUS = 0.3;
/** The same for a break that does not separate such a word from the next one. */
const JOINED_WORDS_PENALTY = 0.1;

/**
 * Wraps a text to lines that fit. Its own line breaks stay, unless a line is too long for the frame and the text has
 * fewer lines without them. The result can have any number of lines.
 *
 * @param language BCP 47 tag; selects the rules for words. "und" if unknown.
 */
export function wrapText(text: string, fits: LineFits, language = "und"): string {
  const lines = text
    .normalize("NFC")
    .split(/\r\n|[\r\n]/)
    .map(collapseWhitespace)
    .filter((line) => line !== "");
  const wrap = (line: string) => wrapParts(unbreakableParts(line, fits, language), fits);
  const kept = lines.flatMap(wrap);
  // Each line that begins with a dash or a bullet is said by another speaker, or is an item of a list.
  if (kept.length <= Math.max(2, lines.length) || lines.some((line) => /^[-–—•♪#]/u.test(line))) return kept.join("\n");
  const flowing = wrap(lines.join(" "));
  return (flowing.length < kept.length ? flowing : kept).join("\n");
}

/**
 * Replaces each run of white space and control characters with one space. A NUL would end the text for libass. No-break
 * spaces stay.
 */
export function collapseWhitespace(line: string): string {
  return line.replace(/(?:[^\S\u00a0\u202f\u2007\ufeff]|\p{Cc})+/gu, " ").trim();
}

/**
 * Joins parts into as few lines as possible. If there are two lines, they get similar lengths.
 *
 * @param max stops when there are more lines than this. Then the result is not the whole text.
 */
export function wrapParts(parts: readonly string[], fits: LineFits, max = Number.POSITIVE_INFINITY): string[] {
  const lines: string[][] = [[]];
  for (const part of parts) {
    const line = lines.at(-1) as string[];
    if (line.length === 0 || fits([...line, part].join("").trim())) line.push(part);
    else if (lines.push([part]) > max) break;
  }
  if (lines.length !== 2) return lines.map((line) => line.join("").trim());
  let best: { lines: string[]; cost: number } | null = null;
  for (let index = 1; index < parts.length; index++) {
    const pair = [parts.slice(0, index), parts.slice(index)].map((line) => line.join("").trim());
    const [first = "", second = ""] = pair;
    const cost = Math.max(first.length, second.length) + breakCost(first) * (first.length + second.length);
    if (fits(first) && fits(second) && cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { lines: pair, cost };
  }
  return best?.lines ?? lines.map((line) => line.join("").trim());
}

/** How bad it is to break a text after these words, as a share of the text's length. Less is better. */
export function breakCost(before: string): number {
  if (CLAUSE_END.test(before)) return -CLAUSE_BREAK_BONUS;
  return JOINS_NEXT.test(before) ? JOINED_WORDS_PENALTY : 0;
}

/**
 * Splits a text at the places where a line may break. A part that is too wide for a line is cut as a last resort. Each part
 * has a letter, a digit or a symbol, if the text has one: punctuation alone makes no line.
 */
export function unbreakableParts(text: string, fits: LineFits, language: string): string[] {
  const ends = [...lineBreaks(text, language), text.length];
  const parts = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
  return joinMarks(parts).flatMap((part) => (fits(part.trim()) ? [part] : cut(part, fits, language)));
}

const VISIBLE = /[\p{L}\p{N}\p{So}\p{Extended_Pictographic}]/u;

/** Adds parts that are only punctuation to the part before them, or to the first one after them. */
function joinMarks(parts: readonly string[]): string[] {
  const joined: string[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (last !== undefined && !(VISIBLE.test(part) && VISIBLE.test(last))) joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

/** Cuts a part that is too wide for a line: after a mark of a URL or a space if possible, otherwise between graphemes. */
function cut(part: string, fits: LineFits, language: string): string[] {
  const pieces = joinMarks(part.split(/(?<=[\s/&=_.?,-])(?=[\p{L}\p{N}])|(?<=[\p{L}\p{N}])(?=[?&#])/u));
  const cuts: string[] = [];
  for (const piece of pieces) {
    const last = cuts.at(-1);
    if (last !== undefined && fits((last + piece).trim())) cuts[cuts.length - 1] = last + piece;
    else cuts.push(...(fits(piece.trim()) ? [piece] : cutBetweenGraphemes(piece, fits, language)));
  }
  return cuts;
}

/** Cuts between graphemes. Punctuation at the end stays with the last letter. */
function cutBetweenGraphemes(text: string, fits: LineFits, language: string): string[] {
  const graphemes = Array.from(segmenterFor(language, "grapheme").segment(text), ({ segment }) => segment);
  const cuts: string[][] = [[]];
  for (const grapheme of graphemes) {
    const last = cuts.at(-1) as string[];
    if (last.length === 0 || fits([...last, grapheme].join("").trim())) last.push(grapheme);
    else cuts.push([grapheme]);
  }
  const [previous, last] = [cuts.at(-2), cuts.at(-1)];
  while (previous && last && previous.length > 1 && !VISIBLE.test(last.join("")))
    last.unshift(previous.pop() as string);
  return cuts.map((cut) => cut.join(""));
}
