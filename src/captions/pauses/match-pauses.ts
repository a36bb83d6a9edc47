import type { Pause } from "./sound-envelope.ts";

/** Decides after which words of a script a speaker paused. Pure. Times are in seconds. */

/** A word of the script. */
export interface SpokenPlace {
  /** How long it takes to say, compared to other words. */
  length: number;
  /** What ends after it: 0 nothing, 1 a clause, 2 a sentence, 3 a paragraph. */
  ends: 0 | 1 | 2 | 3;
}

/** Words that are said without a pause between them. */
export interface Stretch {
  /** Indexes of its first word, and of the first one after it. */
  from: number;
  to: number;
  start: number;
  end: number;
}

/** What it costs to put a pause after a word, by what ends there; and what it costs if there is none. */
const PAUSE_COST = [3, 0.3, 0, 0] as const;
const NO_PAUSE_COST = [0, 0.8, 4, 6] as const;
/** What it costs if a pause is inside a stretch of words: it may be a plosive, if it is short. */
const IGNORED_COST = 0.4;
const IGNORED_COST_PER_SECOND = 7;
/** The same for a sound in which no word is said. */
const WORDLESS_COST = 2.5;
const WORDLESS_COST_PER_SECOND = 1.5;
/** How much speech differs from the expected length: of one word, and of any number of words (variances of logarithms). */
const WORD_VARIANCE = 0.09;
const RATE_VARIANCE = 0.015;
const MAX_STRETCH_COST = 14;
/** A stretch takes between these shares of the expected time. */
const SHORTEST = 0.35;
const LONGEST = 2.6;
/** Max pauses inside one stretch. */
const MAX_IGNORED = 6;
/** Max hypotheses for each pause, and how much more than the best one they may cost. */
const MAX_STATES = 16;
const MAX_EXTRA_COST = 16;

interface State {
  /** The number of words before the pause. */
  words: number;
  cost: number;
  before: State | null;
  /** The pause. */
  pause: number;
}

/**
 * Matches the pauses of a narration with the ends of clauses and sentences by dynamic programming: words should take about
 * as long as expected, and pauses should be where punctuation is.
 *
 * @param pauses in seconds. The first one ends where speech begins, and the last one begins where it ends.
 * @returns all words in stretches. A stretch is never empty.
 */
export function matchPauses(words: readonly SpokenPlace[], pauses: readonly Pause[]): Stretch[] {
  const first = pauses[0];
  const last = pauses.at(-1);
  if (!first || !last || words.length === 0) return [];
  const lengths = sums(words.map(({ length }) => length));
  const missed = sums(words.map(({ ends }) => NO_PAUSE_COST[ends]));
  const silent = pauses.slice(1, -1).reduce((sum, { start, end }) => sum + end - start, 0);
  const rate = Math.max(0.001, last.start - first.end - silent) / (lengths.at(-1) ?? 1);
  const states: State[][] = [[{ words: 0, cost: 0, before: null, pause: 0 }]];
  for (let index = 1; index < pauses.length; index++) {
    const best = new Map<number, State>();
    const isLast = index === pauses.length - 1;
    const pause = pauses[index] as Pause;
    let ignored = 0;
    let cheapestCost = Number.POSITIVE_INFINITY;
    for (let from = index - 1; from >= 0 && from >= index - 1 - MAX_IGNORED; from--) {
      const duration = Math.max(0.01, pause.start - (pauses[from] as Pause).end);
      for (const state of states[from] ?? []) {
        const offer = (count: number, stretchCost: number) => {
          const ends = words[count - 1]?.ends ?? 0;
          const place = isLast || count === 0 ? 0 : PAUSE_COST[ends];
          const cost = state.cost + ignored + stretchCost + place;
          if (cost > cheapestCost + MAX_EXTRA_COST) return;
          cheapestCost = Math.min(cheapestCost, cost);
          if (cost < (best.get(count)?.cost ?? Number.POSITIVE_INFINITY)) {
            best.set(count, { words: count, cost, before: state, pause: index });
          }
        };
        const wordless = WORDLESS_COST + WORDLESS_COST_PER_SECOND * duration;
        if (!isLast || state.words === words.length) offer(state.words, wordless);
        const done = lengths[state.words] ?? 0;
        const expected = duration / rate;
        const least = isLast ? words.length : indexOf(lengths, done + expected * SHORTEST);
        const most = isLast ? words.length : indexOf(lengths, done + expected * LONGEST) + 1;
        for (let count = Math.max(state.words + 1, least); count <= Math.min(words.length, most); count++) {
          const said = (lengths[count] ?? 0) - done;
          const deviation = Math.log(expected / said);
          const variance = WORD_VARIANCE / (count - state.words) + RATE_VARIANCE;
          const unpaused = (missed[count - 1] ?? 0) - (missed[state.words] ?? 0);
          offer(count, Math.min(MAX_STRETCH_COST, deviation ** 2 / (2 * variance)) + unpaused);
        }
      }
      const { start, end } = pauses[from] as Pause;
      ignored += IGNORED_COST + IGNORED_COST_PER_SECOND * (end - start);
    }
    states.push(cheapest([...best.values()]));
  }
  const end = states.at(-1)?.find((state) => state.words === words.length);
  return end ? stretchesOf(end, pauses) : [{ from: 0, to: words.length, start: first.end, end: last.start }];
}

function cheapest(states: State[]): State[] {
  const sorted = states.sort((a, b) => a.cost - b.cost);
  const limit = (sorted[0]?.cost ?? 0) + MAX_EXTRA_COST;
  return sorted.slice(0, MAX_STATES).filter(({ cost }) => cost <= limit);
}

function stretchesOf(end: State, pauses: readonly Pause[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let state = end; state.before; state = state.before) {
    const { before } = state;
    if (state.words === before.words) continue;
    const [start, stop] = [pauses[before.pause]?.end ?? 0, pauses[state.pause]?.start ?? 0];
    stretches.unshift({ from: before.words, to: state.words, start, end: Math.max(start, stop) });
  }
  return stretches;
}

/** The sums of the first 0, 1, 2, ... numbers. */
function sums(numbers: readonly number[]): number[] {
  const all = [0];
  for (const number of numbers) all.push((all.at(-1) ?? 0) + number);
  return all;
}

/** The index of the first of ascending numbers that is not less than a number. */
function indexOf(ascending: readonly number[], number: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
