import { segmenterFor } from "./segmenters.ts";
import { type Span, unbreakableSpans } from "./unbreakable-spans.ts";

/** Scripts that are written without spaces between words. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Small kana and the mark for a long vowel, with which no word begins. */
const NEVER_FIRST = /^[ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー]/;
/** Punctuation that belongs to the word after it. */
const OPENING = /^[\p{Ps}\p{Pi}\p{Sc}¿¡#@]+$/u;
/** Marks after which a word begins even without a space between. */
const CLAUSE_MARKS = /[,;!?…—–،؛؟।]/u;
/** Straight quotation marks, which open or close. */
const STRAIGHT_QUOTE = /^["']+$/;
/** Invisible characters that set the direction of text. They belong to no word. */
const DIRECTION_CONTROLS = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069";
const UNSHOWN_START = new RegExp(`^[\\s${DIRECTION_CONTROLS}]+`);
const UNSHOWN_END = new RegExp(`[\\s${DIRECTION_CONTROLS}]+$`);

/** A part of a line: what the segmenter takes for a word, other visible characters, or white space. */
interface Piece extends Span {
  kind: "word" | "mark" | "space";
  text: string;
}

/**
 * Finds the words of a text, as speech has them and captions show them: what stands between spaces, and in scripts
 * without spaces the segmenter's words. Punctuation and emoji belong to the word before, opening punctuation to the
 * word after. A word never goes over a line break, begins or ends with white space or a direction control, or splits a
 * grapheme cluster. Together the words have every visible character of the text, in order.
 *
 * @param text lines separated by `\n`.
 * @param language BCP 47 tag; selects the segmenter. "und" if unknown.
 */
export function wordSpans(text: string, language = "und"): Span[] {
  const spans: Span[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    for (const span of wordsOfLine(line, language)) {
      const word = line.slice(span.start, span.end);
      const from = span.start + (UNSHOWN_START.exec(word)?.[0].length ?? 0);
      const to = span.end - (UNSHOWN_END.exec(word)?.[0].length ?? 0);
      if (to > from) spans.push({ start: start + from, end: start + to });
    }
    start += line.length + 1;
  }
  return spans;
}

function wordsOfLine(line: string, language: string): Span[] {
  const pieces = piecesOf(line, language);
  const names = unbreakableSpans(line, language).filter((name) => !/\s/.test(line.slice(name.start, name.end)));
  const words: Span[] = [];
  /** Where the next word begins, if opening punctuation stands before it. */
  let opened: number | null = null;
  for (const [index, piece] of pieces.entries()) {
    const last = words.at(-1);
    if (piece.kind === "space") continue;
    if (piece.kind === "mark") {
      if (opened !== null || !last || opens(pieces, index)) opened ??= piece.start;
      else last.end = piece.end;
      continue;
    }
    const start = opened ?? piece.start;
    const inside = names.some((name) => name.start < start && piece.start < name.end);
    if (last && (inside || (last.end === start && !isBoundary(line, last, piece)))) last.end = piece.end;
    else words.push({ start, end: piece.end });
    opened = null;
  }
  const rest = pieces.at(-1);
  if (opened !== null && rest) {
    const last = words.at(-1);
    if (last) last.end = rest.end;
    else words.push({ start: opened, end: rest.end });
  }
  return words;
}

/** Whether a mark belongs to the word after it. */
function opens(pieces: readonly Piece[], index: number): boolean {
  const piece = pieces[index];
  const before = pieces[index - 1];
  const after = pieces[index + 1];
  if (!piece || !after) return false;
  if (/^[\p{Sc}#@]+$/u.test(piece.text)) return before?.kind !== "word" && after.kind !== "space";
  if (OPENING.test(piece.text)) return true;
  return STRAIGHT_QUOTE.test(piece.text) && after.kind !== "space" && (before === undefined || before.kind === "space");
}

/** Whether a word begins with a piece, although no space stands between it and the word before. */
function isBoundary(line: string, word: Span, piece: Piece): boolean {
  const before = line.slice(word.start, word.end);
  const marks = /[^\p{L}\p{M}\p{N}]*$/u.exec(before)?.[0] ?? "";
  const last = before.slice(0, before.length - marks.length);
  if (NEVER_FIRST.test(piece.text)) return false;
  if (WITHOUT_SPACES.test(piece.text.charAt(0)) || WITHOUT_SPACES.test(last.slice(-1))) return true;
  if (/\p{N}$/u.test(last) && /^\p{N}/u.test(piece.text)) return false;
  return CLAUSE_MARKS.test(marks) || /\.{2,}/.test(marks) || /[\p{Pe}\p{Pf}]$/u.test(marks.replace(/[’']/g, ""));
}

/** The pieces of a line. Each begins and ends between two grapheme clusters. */
function piecesOf(line: string, language: string): Piece[] {
  const ends = new Set<number>();
  for (const { segment, index } of segmenterFor(language, "grapheme").segment(line)) ends.add(index + segment.length);
  const pieces: Piece[] = [];
  let start = 0;
  let kind: Piece["kind"] = "space";
  for (const { segment, index, isWordLike } of segmenterFor(language, "word").segment(line)) {
    const own = isWordLike || /[\p{L}\p{N}]/u.test(segment) ? "word" : UNSEEN.test(segment) ? "space" : "mark";
    if (kind === "space" || own === "word") kind = own;
    const end = index + segment.length;
    if (!ends.has(end)) continue;
    pieces.push({ kind, start, end, text: line.slice(start, end) });
    start = end;
    kind = "space";
  }
  return pieces;
}

const UNSEEN = new RegExp(`^[\\s\\u200b${DIRECTION_CONTROLS}]+$`);
