import fc from "fast-check";
import { expect, test } from "vitest";
import { readingSeconds, sentenceReadingTimes } from "../../../src/authoring/reading-time.ts";

test.each([
  ["", 3],
  ["One two.", 3],
  // 12 words, two breaks.
  ["One two three four. Five six seven eight. Nine ten eleven twelve.", 12 / 2.7 + 0.7],
  // A mark inside a number is no break.
  ["It costs 1,000 dollars and 2.5 cents for all of us here today", 15 / 2.7],
  // 20 ideographs, one break.
  ["床前明月光疑是地上霜，举头望明月低头思故乡", 20 / 4.2 + 0.35],
  // 17 other letters.
  ["Привет большой дорогой", 20 / 4],
  ["Γειά σου κόσμε όμορφε", 18 / 4],
  ["Line one has five words\nLine two has five words", 10 / 2.7 + 0.35],
])("the script %j is shown for %f seconds", (script, seconds) => {
  expect(readingSeconds(script)).toBeCloseTo(seconds, 9);
});

test("each sentence is shown for its share, with the break after it", () => {
  const sentences = ["One two three four.", "Five, six.", "Seven eight nine."];
  const times = sentenceReadingTimes(sentences);
  expect(times).toEqual([4 / 2.7 + 0.35, 2 / 2.7 + 0.7, 3 / 2.7].map((time) => expect.closeTo(time, 9)));
});

test("the sentences of a short script share 3 seconds", () => {
  expect(sentenceReadingTimes(["Hi.", "Hi."]).reduce((sum, time) => sum + time, 0)).toBeCloseTo(3, 9);
  expect(sentenceReadingTimes(["…", "…"])).toEqual([1.5, 1.5]);
  expect(sentenceReadingTimes([])).toEqual([]);
});

test("the times of sentences add up to the time of the script", () => {
  const word = fc.constantFrom("word", "2.5", "1,000", "你好", "привет", "...", "a,b", "");
  const sentence = fc
    .tuple(fc.array(word, { maxLength: 12 }), fc.constantFrom(".", "!", "", "。"))
    .map(([words, end]) => words.join(" ") + end);
  fc.assert(
    fc.property(fc.array(sentence, { minLength: 1, maxLength: 12 }), (sentences) => {
      const times = sentenceReadingTimes(sentences);
      expect(times.every((time) => time >= 0)).toBe(true);
      expect(times.reduce((sum, time) => sum + time, 0)).toBeCloseTo(readingSeconds(sentences.join("\n")), 6);
    }),
  );
});
