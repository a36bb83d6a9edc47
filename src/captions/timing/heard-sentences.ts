import type { SpokenWord } from "../../protocol/author.ts";
import type { TimedSentence } from "../../protocol/authoring.ts";
import { splitSentences } from "../../text/split-sentences.ts";
import { wordSpans } from "../../text/word-spans.ts";
import type { WordTime } from "./cue-words.ts";
import { matchWords } from "./match-words.ts";

/** The sentences of a script with the times at which they were heard. */
export interface HeardSentences {
  sentences: TimedSentence[];
  /** The share of the script's letters that were heard, 0 to 1. */
  share: number;
}

/** Without punctuation, a pause of this length in seconds ends a sentence. */
const SENTENCE_GAP_SECONDS = 0.7;
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const SENTENCE_END = /[.!?。！？।…؟]/u;

/**
 * Gives the words of a script the times at which they were heard.
 *
 * @param script without markup.
 * @param heard sorted by start.
 * @param end when the speech ends at the latest, in seconds.
 */
export function heardSentences(
  script: string,
  heard: readonly SpokenWord[],
  end: number,
  language = "und",
): HeardSentences {
  const texts = splitSentences(script.normalize("NFC"), language);
  const words = texts.map((text) => wordSpans(text, language).map((span) => text.slice(span.start, span.end)));
  const { times, share } = matchWords(words.flat(), heard, { start: 0, end });
  return { sentences: withTimes(texts, words, times), share };
}

/**
 * The sentences whose words have the given times.
 *
 * @param words of each sentence.
 * @param times of all words, in seconds.
 */
export function withTimes(
  texts: readonly string[],
  words: readonly (readonly string[])[],
  times: readonly WordTime[],
): TimedSentence[] {
  let next = 0;
  return texts.flatMap((text, index) => {
    const own = (words[index] ?? []).map((word) => {
      const { start, end } = times[next++] ?? { start: 0, end: 0 };
      return { text: word, start: Math.max(0, start), end: Math.max(0, end) };
    });
    const [first, last] = [own[0], own.at(-1)];
    return first && last ? [{ text, start: first.start, end: last.end, words: own }] : [];
  });
}

/**
 * The text that timed words make. If no word ends a sentence, each longer pause begins a new line.
 *
 * @param words sorted by start.
 */
export function textOfWords(words: readonly SpokenWord[]): string {
  const punctuated = words.some(({ text }) => SENTENCE_END.test(text.slice(-2)));
  let text = "";
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    const joined = WITHOUT_SPACES.test(text.slice(-1)) || /^[\p{Pe}\p{Pf}\p{Po}]+$/u.test(word.text);
    if (!before) text = word.text;
    else if (!punctuated && word.start - before.end >= SENTENCE_GAP_SECONDS) text += `\n${word.text}`;
    else
      text +=
        (joined && (WITHOUT_SPACES.test(word.text.charAt(0)) || !/^[\p{L}\p{N}]/u.test(word.text)) ? "" : " ") +
        word.text;
  }
  return text;
}
