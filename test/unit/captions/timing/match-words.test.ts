import fc from "fast-check";
import { expect, test } from "vitest";
import { matchWords } from "../../../../src/captions/timing/match-words.ts";

const WITHIN = { start: 0, end: 10 };
/** Words of one second each. */
const heard = (text: string, start = 0) =>
  text.split(" ").map((word, index) => ({ text: word, start: start + index, end: start + index + 1 }));
const times = (words: string, spoken: string) =>
  matchWords(words.split(" "), heard(spoken), WITHIN).times.map(({ start, end }) => [start, end]);
const seconds = (...starts: number[]) => starts.map((start) => [start, start + 1]);

test.each([
  ["in other case and punctuation", "Hello, World! It's me.", "hello world its me", seconds(0, 1, 2, 3)],
  ["without diacritics", "Żółw naïve café", "Żo\u0301łw naive CAFE", seconds(0, 1, 2)],
  ["with a word that was heard wrongly", "the quick brown fox", "the quack brown fox", seconds(0, 1, 2, 3)],
  [
    "with a number in digits",
    "in 2026 we met",
    "in twenty twenty six we met",
    [
      [0, 1],
      [1, 4],
      [4, 5],
      [5, 6],
    ],
  ],
  [
    "with a number in words",
    "in twenty six we met",
    "in 26 we met",
    [
      [0, 1],
      [1, 1 + 2 / 3],
      [1 + 2 / 3, 2],
      [2, 3],
      [3, 4],
    ],
  ],
  [
    "with an extra word",
    "we met today",
    "we um met today",
    [
      [0, 1],
      [2, 3],
      [3, 4],
    ],
  ],
  [
    "divided otherwise",
    "cannot re-do it",
    "can not re do it",
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
  [
    "in Chinese by character",
    "今天 我们 来",
    "今 天 我 们 来",
    [
      [0, 2],
      [2, 4],
      [4, 5],
    ],
  ],
  [
    "in other Chinese characters",
    "发展 经济",
    "發 展 經 濟",
    [
      [0, 2],
      [2, 4],
    ],
  ],
])("words heard %s get their times", (_, words, spoken, expected) => {
  const found = times(words, spoken);
  for (const [index, pair] of expected.entries()) {
    expect(found[index]?.[0]).toBeCloseTo(pair[0] ?? 0, 6);
    expect(found[index]?.[1]).toBeCloseTo(pair[1] ?? 0, 6);
  }
});

test("a word that was not heard gets the silence between its neighbours", () => {
  const spoken = [
    { text: "one", start: 0, end: 1 },
    { text: "three", start: 3, end: 4 },
  ];
  expect(matchWords(["one", "and-a-half", "three"], spoken, WITHIN).times).toEqual([
    { start: 0, end: 1 },
    { start: 1, end: 3 },
    { start: 3, end: 4 },
  ]);
});

test("the share of matched letters is 1 for the same words and near 0 for other words", () => {
  expect(matchWords(["Same", "words."], heard("same words"), WITHIN).share).toBe(1);
  expect(matchWords(["Same", "words."], heard("qui proxima bibitur"), WITHIN).share).toBeLessThan(0.3);
});

test("times of any heard words ascend", () => {
  const word = fc.constantFrom("the", "a", "sea", "2026", "…", "海", "Ä", "rolling", "");
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), fc.array(word, { maxLength: 20 }), (own, other) => {
      const spoken = other.map((text, index) => ({ text, start: index / 2, end: index / 2 + 0.4 }));
      const { times } = matchWords(own, spoken, WITHIN);
      expect(times).toHaveLength(own.length);
      let last = 0;
      for (const { start, end } of times) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThanOrEqual(start);
        last = end;
      }
    }),
  );
});

test("an hour of words with a mistake in every tenth one is matched", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647;
  };
  const syllables = ["ka", "lo", "mi", "tu", "re", "son", "del", "pa", "vin", "os"];
  const word = () => Array.from({ length: 1 + random() * 4 }, () => syllables[Math.floor(random() * 10)]).join("");
  const own = Array.from({ length: 9000 }, word);
  const spoken = own.map((text, index) => ({ text: index % 10 === 3 ? word() : text, start: index, end: index + 1 }));
  const { times, share } = matchWords(own, spoken, { start: 0, end: 9000 });
  expect(share).toBeGreaterThan(0.85);
  const wrong = times.filter(({ start }, index) => index % 10 !== 3 && Math.abs(start - index) > 0.01);
  expect(wrong.length).toBeLessThan(90);
});
