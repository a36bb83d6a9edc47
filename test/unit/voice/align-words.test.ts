import { expect, test } from "vitest";
import { alignPhones } from "../../../voice/src/align-words.ts";

const phones = (text: string) => text.split(" ");

test.each([
  ["equal phones", ["k ae t", "s ae t"], "k ae t s ae t", [0, 0, 0, 1, 1, 1]],
  ["a reduced vowel", ["ey", "k ae t"], "ax k ae t", [0, 1, 1, 1]],
  ["a dropped phone", ["ae n d", "t uw"], "ae n t uw", [0, 0, 1, 1]],
  [
    "a word spoken otherwise",
    ["jh ae n", "f ay v", "w eh n t"],
    "jh ae n f ih f th w eh n t",
    [0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
  ],
  [
    "a unit that moved behind the next word",
    ["f ay v d aa l er z", "m ih l y ax n", "l eh f t"],
    "f ay v m ih l y ax n d aa l er z l eh f t",
    [0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2],
  ],
])("phones are given to words: %s", (_name, words, spoken, expected) => {
  expect(alignPhones(words.map(phones), phones(spoken))).toEqual(expected);
});

test("a word whose phones are all missing gets none, and the words around it keep theirs", () => {
  expect(alignPhones([phones("k ae t"), phones("ae"), phones("s ih t")], phones("k ae t s ih t"))).toEqual([
    0, 0, 0, 2, 2, 2,
  ]);
});
