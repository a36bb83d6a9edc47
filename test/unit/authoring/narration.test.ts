import fc from "fast-check";
import { expect, test } from "vitest";
import { layOutNarration } from "../../../src/authoring/narration.ts";

const sentence = fc.record({
  text: fc.constant("Hello."),
  pauseBefore: fc.double({ min: 0, max: 3, noNaN: true }),
  samples: fc.nat(50_000),
  words: fc.constant(null),
});

test("sentences follow each other without overlap, with at least the pauses that the script asks for", () => {
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 20 }), (sentences) => {
      const { samples, starts, sentences: timed } = layOutNarration(sentences, { sampleRate: 8000, pauseAfter: 1 });
      let end = 0;
      for (const [index, { pauseBefore, samples: length }] of sentences.entries()) {
        const start = starts[index] ?? -1;
        expect(start - end).toBeGreaterThanOrEqual(Math.floor(pauseBefore * 8000));
        end = start + length;
        expect(timed[index]?.start).toBe(start / 8000);
        expect(timed[index]?.end).toBeCloseTo(end / 8000, 9);
      }
      expect(samples).toBe(end + 8000);
    }),
  );
});

test("the times of words move with their sentence and stay within it", () => {
  const words = [
    { text: "Hello", start: 0.1, end: 0.4 },
    { text: "you", start: 0.4, end: 2 },
  ];
  const first = { text: "A.", pauseBefore: 0, samples: 8000, words: null };
  const second = { text: "Hello you.", pauseBefore: 0.5, samples: 8000, words };
  const { sentences } = layOutNarration([first, second], { sampleRate: 8000, pauseAfter: 0 });
  expect(sentences[1]?.words).toEqual([
    { text: "Hello", start: 1.85, end: 2.15 },
    { text: "you", start: 2.15, end: 2.75 },
  ]);
});
