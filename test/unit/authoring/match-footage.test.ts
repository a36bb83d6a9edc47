import fc from "fast-check";
import { expect, test } from "vitest";
import { coverSpan, termSpans } from "../../../src/authoring/match-footage.ts";

const options = { clipSeconds: 5, speed: 1, frameRate: 30 };
const seconds = (pieces: { footage: number; frames: number }[]) =>
  pieces.map(({ footage, frames }) => [footage, frames / 30]);

test.each<[string, number[], number, [number, number][]]>([
  ["one clip that is long enough", [20], 4, [[0, 4]]],
  [
    "two clips of which the first is shorter than the sentence",
    [3, 20],
    6,
    [
      [0, 3],
      [1, 3],
    ],
  ],
  [
    "three clips for a sentence of 12 seconds",
    [20, 20, 20],
    12,
    [
      [0, 5],
      [1, 5],
      [2, 2],
    ],
  ],
  ["a clip longer than its max time if there is no other", [20], 12, [[0, 12]]],
  [
    "a repeated clip if all are too short",
    [2, 3],
    8,
    [
      [0, 2],
      [1, 3],
      [0, 2],
      [1, 1],
    ],
  ],
  [
    "a last piece of at least half a second",
    [20, 20],
    5.1,
    [
      [0, 4.6],
      [1, 0.5],
    ],
  ],
  ["a still picture for as long as needed", [Infinity], 12, [[0, 12]]],
])("a sentence is covered by %s", (_, lengths, span, pieces) => {
  expect(seconds(coverSpan(lengths, span * 30, options))).toEqual(pieces);
});

test.each<[speed: number, lengths: number[], pieces: [number, number][]]>([
  [
    2,
    [10, 10],
    [
      [0, 5],
      [1, 5],
    ],
  ],
  [
    2,
    [10],
    [
      [0, 5],
      [0, 5],
    ],
  ],
  [
    2,
    [6, 8],
    [
      [0, 3],
      [1, 4],
      [0, 3],
    ],
  ],
  [
    0.5,
    [2, 20],
    [
      [0, 4],
      [1, 6],
    ],
  ],
  [0.5, [20], [[0, 10]]],
  [2, [Infinity], [[0, 10]]],
])("at speed %d, clips of %j seconds cover 10 seconds for as long as they play", (speed, lengths, pieces) => {
  expect(seconds(coverSpan(lengths, 300, { ...options, speed }))).toEqual(pieces);
});

test("the pieces of a sentence together are as long as it is, and none is longer than its clip", () => {
  const length = fc.double({ min: 1, max: 30, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(length, { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 2000 }),
      (lengths, total) => {
        const pieces = coverSpan(lengths, total, options);
        expect(pieces.reduce((sum, { frames }) => sum + frames, 0)).toBe(total);
        for (const { footage, frames } of pieces) {
          expect(frames).toBeGreaterThan(0);
          expect(frames / 30).toBeLessThanOrEqual((lengths[footage] ?? 0) + 1e-6);
        }
      },
    ),
    { numRuns: 100 },
  );
});

const sentence = (start: number, end: number) => ({ text: "", start, end, words: null });
const narration = { sentences: [sentence(0, 3), sentence(3.5, 7), sentence(7.5, 9)], duration: 10 };

test.each<[string, number[], number, [number, number][]]>([
  [
    "each term has a sentence",
    [0, 1, 2],
    3,
    [
      [0, 3.5],
      [3.5, 7.5],
      [7.5, 10],
    ],
  ],
  [
    "a term without footage is covered by the one before",
    [0, 2],
    3,
    [
      [0, 7.5],
      [7.5, 10],
    ],
  ],
  [
    "the first term has no footage",
    [1, 2],
    3,
    [
      [0, 7.5],
      [7.5, 10],
    ],
  ],
  [
    "there are fewer terms than sentences",
    [0, 1],
    2,
    [
      [0, 3.5],
      [3.5, 10],
    ],
  ],
  [
    "two terms share a sentence",
    [0, 1, 2, 3, 4, 5],
    6,
    [
      [0, 1.75],
      [1.75, 3.5],
      [3.5, 5.5],
      [5.5, 7.5],
      [7.5, 8.75],
      [8.75, 10],
    ],
  ],
])("the spans of terms fill the narration without a gap if %s", (_, present, count, spans) => {
  expect(termSpans(present, count, narration).map(({ start, end }) => [start, end])).toEqual(spans);
});
