import { baseDirection, type Direction } from "../base-direction.ts";
import type { Line } from "./caption-block.ts";

const RIGHT_TO_LEFT_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const LEFT_TO_RIGHT_LETTER = /(?![\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff])\p{L}/u;

/** Where a word is in its line, in pixels from the left of the frame, and in which direction it is read. */
export interface WordPlace {
  left: number;
  right: number;
  direction: Direction;
}

/**
 * About where a word is. Exact for scripts without ligatures. Runs of words in the other direction than the line's are
 * turned round.
 *
 * @param x the middle of the line.
 * @param measure the width of a text in pixels.
 */
export function wordPlace(line: Line, word: number, x: number, measure: (text: string) => number): WordPlace {
  const base = baseDirection(line.text);
  let before = base;
  const words = line.words.map(({ from, to }, index) => {
    const text = line.text.slice(from, to);
    if (RIGHT_TO_LEFT_LETTER.test(text)) before = "rtl";
    else if (LEFT_TO_RIGHT_LETTER.test(text)) before = "ltr";
    const next = line.words[index + 1]?.from ?? to;
    return { index, direction: before, width: measure(text), gap: measure(line.text.slice(to, next)) };
  });
  const shown = visualOrder(words, base);
  let left = x - measure(line.text) / 2;
  for (const { index, direction, width, gap } of shown) {
    if (index === word) return { left, right: left + width, direction };
    left += width + gap;
  }
  return { left: x - line.width / 2, right: x + line.width / 2, direction: base };
}

/** Words from left to right. */
function visualOrder<Word extends { direction: Direction }>(words: readonly Word[], base: Direction): Word[] {
  const runs: Word[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    if (run?.[0]?.direction === word.direction) run.push(word);
    else runs.push([word]);
  }
  const ordered = runs.map((run) => (run[0]?.direction === "rtl" ? run.toReversed() : run));
  return (base === "rtl" ? ordered.toReversed() : ordered).flat();
}
