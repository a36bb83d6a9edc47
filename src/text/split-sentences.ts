import { markRoles } from "./quotation-marks.ts";
import { segmenterFor } from "./segmenters.ts";
import { type Span, unbreakableSpans } from "./unbreakable-spans.ts";

const HAS_WORD = /[\p{L}\p{N}]/u;
/** Scripts without spaces between sentences. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const LIST_MARKER = /^[^\p{L}\p{N}]*(?:\p{Nd}{1,3}|\p{L}|[ivxIVX]{1,5})[.)）．]$/u;
const QUOTED = /[”’」』]$/u;
/** Chinese and Japanese words that tell who said what was quoted. */
const SAYS = /^(?:\p{Script=Hiragana}|\p{Script=Han}{1,4}[说說问問道喊答叫])/u;
/** What is worth showing or saying. Other punctuation alone is not. */
const HAS_SYMBOL = /[\p{So}\p{Extended_Pictographic}]/u;

/**
 * Splits a text into sentences. A line of the text is a paragraph, and no sentence spans two of them. Sentences are
 * trimmed; apart from white space, together they have every character of the text.
 *
 * A full stop after an abbreviation, an initial, an ordinal or a list number ends no sentence, and neither does one inside
 * a number, a URL or a file name. Closing quotation marks stay with the sentence before them, opening ones with the
 * sentence after them. Text without letters or digits, such as an emoji, is part of a sentence beside it.
 *
 * Subtitles, speech synthesis and the search for footage shall use the same sentences. So this is the only
 * implementation.
 *
 * @param language BCP 47 tag, or "und" if unknown. It decides about abbreviations, ordinals and the Greek question mark.
 */
export function splitSentences(text: string, language = "und"): string[] {
  const segmenter = segmenterFor(language, "sentence");
  const sentences: string[] = [];
  let pending = "";
  for (const paragraph of text.split(/[\r\n\u2028\u2029]+/)) {
    for (const sentence of sentencesOf(paragraph, segmenter, language)) {
      if (LIST_MARKER.test(sentence)) pending += `${sentence} `;
      else if (HAS_WORD.test(sentence)) {
        sentences.push(pending + sentence);
        pending = "";
      } else if (sentences.length === 0 || pending !== "") pending += `${sentence} `;
      else sentences.push(`${sentences.pop()} ${sentence}`);
    }
  }
  const rest = pending.trim();
  if (sentences.length === 0) return HAS_WORD.test(rest) || HAS_SYMBOL.test(rest) ? [rest] : [];
  return rest === "" ? sentences : [...sentences.slice(0, -1), `${sentences.at(-1)} ${rest}`];
}

function sentencesOf(paragraph: string, segmenter: Intl.Segmenter, language: string): string[] {
  const roles = markRoles(paragraph);
  const spans = unbreakableSpans(paragraph, language);
  const cased = /\p{Lu}/u.test(paragraph);
  const sentences: string[] = [];
  let start = 0;
  for (const candidate of candidates(paragraph, segmenter)) {
    const end = afterMarks(paragraph, beforeMarks(paragraph, candidate, roles), roles);
    if (end <= start || end >= paragraph.length || !endsSentence(paragraph, start, end, spans, cased)) continue;
    sentences.push(paragraph.slice(start, end).trim());
    start = end;
  }
  return [...sentences, paragraph.slice(start).trim()].filter((sentence) => sentence !== "");
}

/** Where a sentence may end: where Unicode's rules say so (UAX #29), after an ellipsis, and before a dash. Ascending. */
function candidates(paragraph: string, segmenter: Intl.Segmenter): number[] {
  const ends = Array.from(segmenter.segment(paragraph), ({ index }) => index);
  const more = Array.from(
    paragraph.matchAll(/…["'”’»)\]]*\s+|[.!?…]["'”’»)\]]*\s+(?=[—–―-]\s*[\p{Lu}\p{Lo}])/gu),
    ({ index, 0: found }) => index + found.length,
  );
  return [...new Set([...ends, ...more])].sort((a, b) => a - b);
}

/** Moves a sentence's end before the opening marks of the next sentence, as in "？”《". */
function beforeMarks(paragraph: string, candidate: number, roles: ReadonlyMap<number, string>): number {
  let end = candidate;
  for (;;) {
    const last = paragraph.slice(0, end).trimEnd().length - 1;
    if (roles.get(last) !== "opens" && !/[¿¡]/.test(paragraph.charAt(last))) return end;
    end = last;
  }
}

/** Moves a sentence's end behind the closing and sentence-ending marks that follow it, as in "« Bonjour ! » Puis". */
function afterMarks(paragraph: string, candidate: number, roles: ReadonlyMap<number, string>): number {
  let end = candidate;
  for (;;) {
    const mark = paragraph.length - paragraph.slice(end).trimStart().length;
    const ends = /^[.!?…。！？‼⁇⁈⁉](?![\p{L}\p{N}])/u.test(paragraph.slice(mark, mark + 3));
    if (roles.get(mark) !== "closes" && !ends) return mark;
    end = mark + 1;
  }
}

function endsSentence(paragraph: string, start: number, end: number, spans: readonly Span[], cased: boolean): boolean {
  if (spans.some((span) => span.start < end && end < span.end)) return false;
  const left = paragraph.slice(start, end);
  const right = paragraph.slice(end);
  if (!HAS_WORD.test(left) || LIST_MARKER.test(left.trim()) || /^[,;:،؛、，；：]/u.test(right)) return false;
  if (QUOTED.test(left) && SAYS.test(right)) return false;
  if (!/[.!?…]/.test(lastMark(left))) return true;
  if (!/\s$/.test(left) && !UNSPACED.test(right.charAt(0)) && !UNSPACED.test(left.slice(-2, -1))) return false;
  // After a quotation, an ellipsis or a dash, a small letter continues the sentence: “Stop!” he said.
  if (!/^[^\p{L}\p{N}]*\p{Ll}/u.test(right)) return true;
  return !(cased || /["'”’»)\]…]\s*$/u.test(left) || /^[—–―-]/u.test(right));
}

/** The last character that is neither white space nor a closing quotation mark or bracket. */
function lastMark(text: string): string {
  let index = text.length - 1;
  while (index >= 0 && /[\s"'”’»)\]]/.test(text.charAt(index))) index--;
  return text.charAt(index);
}
