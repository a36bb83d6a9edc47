import type { Span } from "../../text/unbreakable-spans.ts";
import { wordSpans } from "../../text/word-spans.ts";
import type { Cue, CueWord } from "./cue-timing.ts";
import { speechLength, wordLength } from "./speech-length.ts";

/** When a word is said, in seconds. */
export interface WordTime {
  start: number;
  end: number;
}

/** The cue with its words, spread over its time in proportion to how long each takes to say. */
export function withSpreadWords(cue: Cue, language: string): Cue {
  const spans = wordSpans(cue.text, language);
  const times = spreadWords(
    spans.map(({ start, end }) => cue.text.slice(start, end)),
    cue,
    language,
  );
  return withWords(cue, spans, times, 1);
}

/**
 * Spreads words over a time in proportion to how long each takes to say. The pause for punctuation follows its word.
 *
 * @returns times in the unit of the given one.
 */
export function spreadWords(words: readonly string[], { start, end }: WordTime, language = "und"): WordTime[] {
  const lengths = words.map((word) => ({
    whole: Math.max(speechLength(word, language), wordLength(word, language)),
    said: wordLength(word, language),
  }));
  // Nothing follows the last word's pause.
  const total = lengths.reduce((sum, { whole, said }, i) => sum + (i === lengths.length - 1 ? said : whole), 0);
  const unit = (end - start) / Math.max(total, 1e-9);
  let position = start;
  return lengths.map(({ whole, said }) => {
    const begin = position;
    position = begin + whole * unit;
    return { start: Math.min(end, begin), end: Math.min(end, begin + said * unit) };
  });
}

/**
 * The cue with the times of its words in output frames. Each word is inside the cue, begins after the word before, and
 * has at least one frame, if the cue has as many frames as words.
 *
 * @param times of the words at `spans`, in order.
 * @param frameRate frames per unit of the times.
 */
export function withWords(cue: Cue, spans: readonly Span[], times: readonly WordTime[], frameRate: number): Cue {
  const { start: first, end: last } = cue;
  const within = (frame: number, least: number, most: number) => Math.max(least, Math.min(most, Math.round(frame)));
  let least = first;
  const starts = spans.map((_, index) => {
    const wanted = Math.max(least, (times[index]?.start ?? last) * frameRate);
    const begin = within(wanted, first, Math.max(first, last - (spans.length - index)));
    least = begin + 1;
    return begin;
  });
  const words = spans.map(({ start, end }, index): CueWord => {
    const begin = starts[index] ?? last;
    const next = Math.max(begin, starts[index + 1] ?? last);
    return {
      from: start,
      to: end,
      start: begin,
      end: within((times[index]?.end ?? last) * frameRate, Math.min(begin + 1, next), next),
    };
  });
  return words.length > 0 ? { ...cue, words } : cue;
}
