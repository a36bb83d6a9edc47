import type { SpokenWord } from "../../protocol/author.ts";
import type { WordTime } from "./cue-words.ts";
import { commonRuns, type Run } from "./letter-runs.ts";

/** The times of words that were found among words that were heard. */
export interface MatchedWords {
  times: WordTime[];
  /** The share of the letters of the words that were heard, 0 to 1. */
  share: number;
}

/** A run of equal letters is trusted from this length. A shorter one may be chance, unless it is whole words. */
const MIN_RUN_LETTERS = 3;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

/**
 * Gives words the times of the same words as they were heard. Letters are matched by edit distance, without regard to
 * case, punctuation and diacritics, so that the words may be divided in another way. Words in between that differ, such
 * as numbers, share the time of what was heard in their place.
 *
 * @param heard sorted by time.
 * @param within words that were not heard are inside this time, in seconds.
 */
export function matchWords(words: readonly string[], heard: readonly SpokenWord[], within: WordTime): MatchedWords {
  const own = letters(words);
  const other = letters(heard.map(({ text }) => text));
  const runs = commonRuns(own.text, other.text).filter((run) => isTrusted(run, own, other));
  const times = new HeardTimes(heard, other, within);
  const place = placer(runs, own.text.length, other.text.length);
  const found = words.map((_, index): WordTime => {
    const from = own.starts[index] ?? 0;
    const to = own.starts[index + 1] ?? own.text.length;
    if (to === from) return { start: Number.NaN, end: Number.NaN };
    const begin = place(from, "start");
    const end = place(to, "end");
    return {
      start: begin.missing === null ? times.start(begin.at) : times.between(begin.at, begin.missing),
      end: end.missing === null ? times.end(end.at) : times.between(end.at, end.missing),
    };
  });
  const matched = runs.reduce((sum, { length }) => sum + length, 0);
  return { times: inOrder(found, within), share: matched / Math.max(1, own.text.length) };
}

/** Times that ascend. A word without letters gets the time between its neighbours. */
function inOrder(times: readonly WordTime[], within: WordTime): WordTime[] {
  let last = within.start;
  return times.map((time, index) => {
    const next = times.slice(index + 1, index + 20).find(({ start }) => !Number.isNaN(start))?.start ?? within.end;
    const start = Math.max(last, Number.isNaN(time.start) ? last : time.start);
    const end = Math.max(start, Number.isNaN(time.end) ? next : time.end);
    last = end;
    return { start, end };
  });
}

interface Letters {
  text: string;
  /** The index of each word's first letter. */
  starts: number[];
  edges: ReadonlySet<number>;
}

/** The letters and digits of words without case and diacritics, and where each word begins among them. */
function letters(words: readonly string[]): Letters {
  const starts: number[] = [];
  let text = "";
  for (const word of words) {
    starts.push(text.length);
    text += word
      .normalize("NFKD")
      .toUpperCase()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, "");
  }
  return { text, starts, edges: new Set(starts) };
}

function isTrusted({ a, b, length }: Run, own: Letters, other: Letters): boolean {
  if (length >= MIN_RUN_LETTERS || IDEOGRAPH.test(own.text.slice(a, a + length))) return true;
  const isEdge = ({ text, edges }: Letters, index: number) => index === text.length || edges.has(index);
  return isEdge(own, a) && isEdge(own, a + length) && isEdge(other, b) && isEdge(other, b + length);
}

/** A place among the heard letters; or, where nothing was heard, a place in the silence before the letter `at`. */
interface Place {
  at: number;
  /** 0 to 1 from the letter before to the letter `at`; null for a letter that was heard. */
  missing: number | null;
}

/** Maps places among the own letters to places among the heard ones: exactly within the runs, linearly between them. */
function placer(runs: readonly Run[], own: number, other: number): (index: number, edge: "start" | "end") => Place {
  const knots: { a: number; b: number }[] = [{ a: 0, b: 0 }];
  for (const { a, b, length } of runs) knots.push({ a, b }, { a: a + length, b: b + length });
  knots.push({ a: own, b: other });
  let next = 0;
  return (index, edge) => {
    const isBefore = (a: number) => (edge === "start" ? a <= index : a < index);
    if (!isBefore(knots[next]?.a ?? 0)) next = 0;
    while (next + 1 < knots.length && isBefore(knots[next + 1]?.a ?? own)) next++;
    const left = knots[next] ?? { a: 0, b: 0 };
    const right = knots[next + 1] ?? left;
    const share = right.a > left.a ? (index - left.a) / (right.a - left.a) : 0;
    if (right.b === left.b) return { at: left.b, missing: share };
    // Multiplied first, so that the place of a whole letter is a whole number.
    return { at: left.b + ((index - left.a) * (right.b - left.b)) / (right.a - left.a), missing: null };
  };
}

/** The times of heard letters. The time of a word is divided evenly among its letters. */
class HeardTimes {
  readonly #heard: readonly SpokenWord[];
  readonly #letters: Letters;
  readonly #within: WordTime;

  constructor(heard: readonly SpokenWord[], letters: Letters, within: WordTime) {
    this.#heard = heard;
    this.#letters = letters;
    this.#within = within;
  }

  /** When what follows a place among the letters begins. */
  start(place: number): number {
    if (place >= this.#letters.text.length) return this.#within.end;
    return this.#at(place, Math.floor(place));
  }

  /** When what is before a place among the letters ends. */
  end(place: number): number {
    if (place <= 0) return this.#within.start;
    return this.#at(place, Math.ceil(place) - 1);
  }

  /** A time in the silence before a letter. */
  between(letter: number, share: number): number {
    const from = this.end(letter);
    return from + share * Math.max(0, this.start(letter) - from);
  }

  #at(place: number, letter: number): number {
    const { starts, text } = this.#letters;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= letter) low = middle;
      else high = middle - 1;
    }
    const word = this.#heard[low];
    const from = starts[low] ?? 0;
    const to = starts[low + 1] ?? text.length;
    if (!word) return this.#within.end;
    return word.start + ((word.end - word.start) * (place - from)) / Math.max(1, to - from);
  }
}
