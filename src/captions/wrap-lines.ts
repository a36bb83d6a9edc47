/** True if a line is short enough for the frame. */
export type LineFits = (line: string) => boolean;

/** Scripts written without spaces. A line may break between any two words of them. */
const UNSPACED_SCRIPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Punctuation that ends a clause or sentence, optionally followed by a closing quotation mark. */
export const CLAUSE_END = /[,;:.!?،؛؟।॥、，；：。！？…—–][\p{Pe}\p{Pf}"']*\s*$/u;
/** Characters that must not begin a line. */
const NEVER_FIRST_IN_LINE = /^[\p{Pe}\p{Pf}\p{Po}…—–ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
/** Characters that must not end a line. */
const NEVER_LAST_IN_LINE = /[\p{Ps}\p{Pi}¿¡#@&]$/u;

/**
 * A break after a clause may be this much further from the ideal place than one inside a clause, as a share of the
 * text.
 */
export const CLAUSE_BREAK_BONUS = 0.3;

/**
 * Wraps a text to lines that fit, and keeps its own line breaks. The result can have any number of lines.
 *
 * @param language BCP 47 tag; selects the rules for words. "und" if unknown.
 */
export function wrapText(text: string, fits: LineFits, language = "und"): string {
  return text
    .normalize("NFC")
    .split(/\r\n|[\r\n]/)
    .map(collapseWhitespace)
    .filter((line) => line !== "")
    .flatMap((line) => wrapParts(unbreakableParts(line, fits, language), fits))
    .join("\n");
}

/** Replaces each run of white space and control characters with one space. A NUL would end the text for libass. */
export function collapseWhitespace(line: string): string {
  return line.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** Joins parts into as few lines as possible. If there are two lines, they get similar lengths. */
export function wrapParts(parts: readonly string[], fits: LineFits): string[] {
  const lines: string[][] = [[]];
  for (const part of parts) {
    const line = lines.at(-1) as string[];
    if (line.length === 0 || fits([...line, part].join("").trim())) line.push(part);
    else lines.push([part]);
  }
  if (lines.length !== 2) return lines.map((line) => line.join("").trim());
  let best: { lines: string[]; cost: number } | null = null;
  for (let index = 1; index < parts.length; index++) {
    const pair = [parts.slice(0, index), parts.slice(index)].map((line) => line.join("").trim());
    const [first = "", second = ""] = pair;
    const longest = Math.max(first.length, second.length);
    const cost = longest - (CLAUSE_END.test(first) ? CLAUSE_BREAK_BONUS * (first.length + second.length) : 0);
    if (fits(first) && fits(second) && cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { lines: pair, cost };
  }
  return best?.lines ?? lines.map((line) => line.join("").trim());
}

/** Splits a text at the places where a line may break. A part that is too wide for a line is cut between graphemes. */
export function unbreakableParts(text: string, fits: LineFits, language: string): string[] {
  const parts: string[] = [];
  for (const { segment } of new Intl.Segmenter(language, { granularity: "word" }).segment(text)) {
    const last = parts.at(-1);
    if (last === undefined || mayBreakBetween(last, segment)) parts.push(segment);
    else parts[parts.length - 1] = last + segment;
  }
  return parts.flatMap((part) => (fits(part.trim()) ? [part] : cutBetweenGraphemes(part, fits)));
}

function mayBreakBetween(before: string, after: string): boolean {
  if (/^\s/.test(after) || NEVER_FIRST_IN_LINE.test(after) || NEVER_LAST_IN_LINE.test(before)) return false;
  if (/\s$/.test(before) || /[\p{L}]-$/u.test(before)) return true;
  return (
    UNSPACED_SCRIPT.test(before.slice(-1)) ||
    UNSPACED_SCRIPT.test(after.slice(0, 1)) ||
    /[、，；：。！？]$/u.test(before)
  );
}

function cutBetweenGraphemes(text: string, fits: LineFits): string[] {
  const cuts: string[] = [""];
  for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) {
    const last = cuts.at(-1) ?? "";
    if (last === "" || fits((last + segment).trim())) cuts[cuts.length - 1] = last + segment;
    else cuts.push(segment);
  }
  return cuts;
}
