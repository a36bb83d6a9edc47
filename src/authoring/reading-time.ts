/** How much of a text is read in a second, and how long a break lasts, in seconds. MoneyPrinterTurbo's numbers. */
const IDEOGRAPHS_PER_SECOND = 4.2;
export const WORDS_PER_SECOND = 2.7;
const OTHER_LETTERS_PER_SECOND = 4;
const BREAK_SECONDS = 0.35;
/** The shortest time for a script, in seconds. */
const MIN_SECONDS = 3;

const IDEOGRAPH = /[\u4e00-\u9fff]/gu;
const WORD = /[A-Za-z0-9]+/g;
const LETTER = /[\p{L}\p{N}]/gu;
/** A break: a line break or a punctuation mark, but not the mark in "2.5" or "1,000". */
const BREAK = /\n|[?;:!、…？，。；：！،؛؟]|(?<!\p{Nd})[.,]|[.,](?!\p{Nd})/u;

/** How long a script is shown if no voice speaks it, in seconds; at least 3. */
export function readingSeconds(script: string): number {
  return Math.max(MIN_SECONDS, letterSeconds(script) + BREAK_SECONDS * Math.max(0, partsOf(script) - 1));
}

/**
 * How long each sentence of a script is shown if no voice speaks it, in seconds. A sentence includes the break after it.
 * The sum is that of {@link readingSeconds} for the sentences in lines of their own.
 */
export function sentenceReadingTimes(sentences: readonly string[]): number[] {
  const parts = sentences.map(partsOf);
  const last = parts.findLastIndex((count) => count > 0);
  const seconds = sentences.map((sentence, index) => {
    const breaks = (parts[index] ?? 0) - (index === last ? 1 : 0);
    return letterSeconds(sentence) + BREAK_SECONDS * breaks;
  });
  const total = seconds.reduce((sum, value) => sum + value, 0);
  if (total >= MIN_SECONDS) return seconds;
  // A short script takes the shortest time, in the same proportions.
  return seconds.map((value) => (total > 0 ? (value / total) * MIN_SECONDS : MIN_SECONDS / seconds.length));
}

/** The time to read the letters of a text, in seconds. */
function letterSeconds(text: string): number {
  const ideographs = text.match(IDEOGRAPH)?.length ?? 0;
  const words = text.match(WORD) ?? [];
  const wordLetters = words.reduce((sum, { length }) => sum + length, 0);
  const others = (text.match(LETTER)?.length ?? 0) - ideographs - wordLetters;
  return ideographs / IDEOGRAPHS_PER_SECOND + words.length / WORDS_PER_SECOND + others / OTHER_LETTERS_PER_SECOND;
}

/** The number of parts between breaks. */
function partsOf(text: string): number {
  return text.split(BREAK).filter((part) => part.trim() !== "").length;
}
