import { expect, test } from "vitest";
import { checkWords, wordsOfCharacters } from "../../../author/src/speech/word-times.ts";

function timed(text: string) {
  const characters = [...text];
  return { characters, starts: characters.map((_, at) => at / 10), ends: characters.map((_, at) => (at + 1) / 10) };
}

test("the times of characters become those of words with their punctuation", () => {
  expect(wordsOfCharacters(timed("Hi, you two!"))).toEqual([
    { text: "Hi,", start: 0, end: 0.3 },
    { text: "you", start: 0.4, end: 0.7 },
    { text: "two!", start: 0.8, end: 1.2 },
  ]);
});

test("emoji, which are several UTF-16 code units, do not shift the times after them", () => {
  expect(wordsOfCharacters(timed("😀 a 👍🏽 b"))).toEqual([
    { text: "a", start: 0.2, end: 0.3 },
    { text: "b", start: 0.7, end: 0.8 },
  ]);
});

test("a script without spaces is split into words", () => {
  const words = wordsOfCharacters(timed("大海很深。没有人了解它。"));
  expect(words?.length).toBeGreaterThan(3);
  expect(words?.map(({ text }) => text).join("")).toBe("大海很深。没有人了解它。");
});

test.each([
  ["lists of different lengths", { characters: ["a", "b"], starts: [0], ends: [0.1, 0.2] }],
  ["no characters", { characters: [], starts: [], ends: [] }],
  ["only spaces", timed("   ")],
  ["times that go back", { characters: ["a", " ", "b"], starts: [1, 1.1, 0.2], ends: [1.1, 1.2, 0.3] }],
])("%s give no word times", (_, times) => {
  expect(wordsOfCharacters(times)).toBeNull();
});

test.each([
  ["not finite", [{ text: "a", start: Number.NaN, end: 1 }]],
  ["negative", [{ text: "a", start: -1, end: 1 }]],
  ["ending before they start", [{ text: "a", start: 1, end: 0.5 }]],
  ["of no speech", [{ text: "a", start: 1, end: 1e9 }]],
])("word times that are %s are not used", (_, words) => {
  expect(checkWords(words)).toBeNull();
});
