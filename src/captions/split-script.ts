import {
  CLAUSE_BREAK_BONUS,
  CLAUSE_END,
  collapseWhitespace,
  type LineFits,
  unbreakableParts,
  wrapParts,
} from "./wrap-lines.ts";

const MAX_LINES_PER_SUBTITLE = 2;

/**
 * Splits a script into subtitles of at most two lines. Each sentence becomes a subtitle. A sentence that is too long
 * is divided into parts of similar length, preferably between clauses, else between words. Lines of a subtitle are
 * separated by `\n`.
 *
 * @param language BCP 47 tag; selects the rules for words and sentences. "und" if unknown.
 */
export function splitScript(script: string, fits: LineFits, language = "und"): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  return script
    .normalize("NFC")
    .split(/[\r\n\u2028\u2029]+/)
    .map(collapseWhitespace)
    .filter((paragraph) => paragraph !== "")
    .flatMap((paragraph) => sentencesOf(paragraph, segmenter))
    .flatMap((sentence) => splitSentence(sentence, fits, language));
}

/**
 * The sentences of a paragraph. Text without letters or digits, such as an emoji, is added to the sentence before it.
 */
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

function splitSentence(sentence: string, fits: LineFits, language: string): string[] {
  const parts = unbreakableParts(sentence, fits, language);
  const subtitles: string[] = [];
  const divide = (from: number, to: number): void => {
    const lines = wrapParts(parts.slice(from, to), fits);
    if (lines.length <= MAX_LINES_PER_SUBTITLE || to - from < 2) {
      subtitles.push(lines.join("\n"));
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
    const cost = Math.abs(before / total - 0.5) - (CLAUSE_END.test(part) ? CLAUSE_BREAK_BONUS : 0);
    if (cost < best.cost) best = { index: index + 1, cost };
  }
  return best.index;
}
