/** Whether a line is too long to be shown. */
export type Fits = (line: string) => boolean;

/** Most lines of a subtitle. */
const MAX_LINES = 2;

/** Scripts written without spaces: a line may be broken between any two of their words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** Punctuation that ends a part of a sentence, also behind a closing quotation mark. */
const CLAUSE_END = /[,;:.!?،؛؟।॥、，；：。！？…—–][\p{Pe}\p{Pf}"']*\s*$/u;
/** Punctuation that must not begin, or end, a line. */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}…—–ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const OPENING = /[\p{Ps}\p{Pi}¿¡#@&]$/u;

/** How much worse a break inside a clause is than one as far off the middle, as a share of the text. */
const CLAUSE_BONUS = 0.3;

/**
 * Splits a script into subtitles of at most two lines: at sentences, and a sentence that is too long
 * at its clauses, or else between words, into parts of about the same length. The lines of a subtitle
 * are separated by `\n`.
 *
 * @param language BCP 47, for the rules of its words and sentences; "und" where it is not known.
 */
export function splitScript(script: string, fits: Fits, language = "und"): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  return script
    .normalize("NFC")
    .split(/[\r\n\u2028\u2029]+/)
    .map(fold)
    .filter((paragraph) => paragraph !== "")
    .flatMap((paragraph) => sentencesOf(paragraph, segmenter))
    .flatMap((sentence) => splitSentence(sentence, fits, language));
}

/** What is not said, such as an emoji after the full stop, goes with the sentence before it. */
function sentencesOf(paragraph: string, segmenter: Intl.Segmenter): string[] {
  const sentences: string[] = [];
  for (const { segment } of segmenter.segment(paragraph)) {
    const last = sentences.pop();
    if (last === undefined) sentences.push(segment);
    else if (/[\p{L}\p{N}]/u.test(segment)) sentences.push(last, segment);
    else sentences.push(last + segment);
  }
  return sentences.map((sentence) => sentence.trim());
}

function splitSentence(sentence: string, fits: Fits, language: string): string[] {
  const atoms = unbreakables(sentence, fits, language);
  const parts: string[] = [];
  const divide = (from: number, to: number): void => {
    const lines = wrap(atoms.slice(from, to), fits);
    if (lines.length <= MAX_LINES || to - from < 2) {
      parts.push(lines.join("\n"));
      return;
    }
    const middle = bestBreak(atoms.slice(from, to));
    divide(from, from + middle);
    divide(from + middle, to);
  };
  divide(0, atoms.length);
  return parts;
}

/**
 * Wraps a text given line by line, keeping its own line breaks; longer than two lines where it must be.
 */
export function wrapText(text: string, fits: Fits, language = "und"): string {
  return text
    .normalize("NFC")
    .split(/\r\n|[\r\n]/)
    .map(fold)
    .filter((line) => line !== "")
    .flatMap((line) => wrap(unbreakables(line, fits, language), fits))
    .join("\n");
}

/** Control characters count as white space: libass takes a NUL for the end of all text. */
function fold(line: string): string {
  return line.replace(/[\s\p{Cc}]+/gu, " ").trim();
}

/** As few lines as will do; two of them of about the same length. */
function wrap(atoms: readonly string[], fits: Fits): string[] {
  const lines: string[][] = [[]];
  for (const atom of atoms) {
    const line = lines.at(-1) as string[];
    if (line.length === 0 || fits([...line, atom].join("").trim())) line.push(atom);
    else lines.push([atom]);
  }
  if (lines.length !== 2) return lines.map((line) => line.join("").trim());
  let best: { lines: string[]; cost: number } | null = null;
  for (let index = 1; index < atoms.length; index++) {
    const pair = [atoms.slice(0, index), atoms.slice(index)].map((part) => part.join("").trim());
    const [first = "", second = ""] = pair;
    const longest = Math.max(first.length, second.length);
    const cost = longest - (CLAUSE_END.test(first) ? CLAUSE_BONUS * (first.length + second.length) : 0);
    if (fits(first) && fits(second) && cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { lines: pair, cost };
  }
  return best?.lines ?? lines.map((line) => line.join("").trim());
}

/** Where to break a text in two: how many of its parts go before. */
function bestBreak(atoms: readonly string[]): number {
  const total = atoms.join("").length;
  let before = 0;
  let best = { index: 1, cost: Number.POSITIVE_INFINITY };
  for (const [index, atom] of atoms.slice(0, -1).entries()) {
    before += atom.length;
    const cost = Math.abs(before / total - 0.5) - (CLAUSE_END.test(atom) ? CLAUSE_BONUS : 0);
    if (cost < best.cost) best = { index: index + 1, cost };
  }
  return best.index;
}

/** The parts of a text that are not broken inside; one too wide for a line is cut between graphemes. */
function unbreakables(text: string, fits: Fits, language: string): string[] {
  const atoms: string[] = [];
  for (const { segment } of new Intl.Segmenter(language, { granularity: "word" }).segment(text)) {
    const last = atoms.at(-1);
    if (last === undefined || breaksBetween(last, segment)) atoms.push(segment);
    else atoms[atoms.length - 1] = last + segment;
  }
  return atoms.flatMap((atom) => (fits(atom.trim()) ? [atom] : cutAnywhere(atom, fits)));
}

function breaksBetween(before: string, after: string): boolean {
  if (/^\s/.test(after) || CLOSING.test(after) || OPENING.test(before)) return false;
  if (/\s$/.test(before) || /[\p{L}]-$/u.test(before)) return true;
  return UNSPACED.test(before.slice(-1)) || UNSPACED.test(after.slice(0, 1)) || /[、，；：。！？]$/u.test(before);
}

function cutAnywhere(text: string, fits: Fits): string[] {
  const cuts: string[] = [""];
  for (const { segment } of new Intl.Segmenter("und", { granularity: "grapheme" }).segment(text)) {
    const last = cuts.at(-1) ?? "";
    if (last === "" || fits((last + segment).trim())) cuts[cuts.length - 1] = last + segment;
    else cuts.push(segment);
  }
  return cuts;
}
