import { expect, test } from "vitest";
import { spokenCues } from "../../../../src/captions/timing/spoken-cues.ts";
import type { TimedSentence } from "../../../../src/protocol/authoring.ts";

const sentence = (text: string, start: number, end: number, words: TimedSentence["words"] = null) => ({
  text,
  start,
  end,
  words,
});

test("a subtitle is shown while its sentence is said, and stays over a short pause", () => {
  const spoken = [
    { sentence: sentence("One.", 0, 1), texts: ["One."] },
    { sentence: sentence("Two.", 1.25, 2), texts: ["Two."] },
    { sentence: sentence("Three.", 4, 5), texts: ["Three."] },
  ];
  expect(spokenCues(spoken, 150, 30)).toMatchObject([
    { start: 0, end: 38, text: "One." },
    { start: 38, end: 60, text: "Two." },
    { start: 120, end: 150, text: "Three." },
  ]);
});

test("a sentence of two subtitles is divided when the first word of the second one is said", () => {
  const words = [
    { text: "Slow", start: 2, end: 4 },
    { text: "then", start: 4, end: 4.2 },
    { text: "fast", start: 4.2, end: 4.4 },
  ];
  const spoken = [{ sentence: sentence("Slow, then fast.", 2, 4.4, words), texts: ["Slow,", "then fast."] }];
  expect(spokenCues(spoken, 300, 30)).toEqual([
    { start: 60, end: 120, text: "Slow,", words: [{ from: 0, to: 5, start: 60, end: 120 }] },
    {
      start: 120,
      end: 132,
      text: "then fast.",
      words: [
        { from: 0, to: 4, start: 120, end: 126 },
        { from: 5, to: 10, start: 126, end: 132 },
      ],
    },
  ]);
});

test("without times of words, a sentence is divided in proportion to how long its parts take to say", () => {
  const spoken = [{ sentence: sentence("Aaaa bbbb. Aaaa bbbb.", 1, 3), texts: ["aaaa bbbb", "aaaa bbbb"] }];
  expect(spokenCues(spoken, 300, 30).map(({ start, end }) => [start, end])).toEqual([
    [30, 60],
    [60, 90],
  ]);
});
