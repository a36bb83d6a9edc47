import { expect, test } from "vitest";
import { readTerms } from "../../../author/src/writing/write-terms.ts";

const wanted = ["ocean waves", "coral reef", "night sky"];

test.each([
  ["an object", '{"terms": ["ocean waves", "coral reef", "night sky"]}'],
  ["a list", '["ocean waves", "coral reef", "night sky"]'],
  ["another name", '{"search_terms": ["ocean waves", "coral reef", "night sky"]}'],
  ["a numbered object", '{"1": "ocean waves", "2": "coral reef", "3": "night sky"}'],
  ["objects", '[{"term": "ocean waves"}, {"term": "coral reef"}, {"term": "night sky"}]'],
  ["one text", '{"terms": "ocean waves, coral reef, night sky"}'],
  ["hashes and quotes", '["#ocean waves", "\\"coral reef\\"", "night sky."]'],
  ["repeated terms", '["ocean waves", "Ocean Waves", "coral reef", "night sky"]'],
  ["Chinese terms among them", '["ocean waves", "大海", "coral reef", "night sky"]'],
  ["long terms", '["ocean waves", "coral reef", "night sky"]'],
  ["more terms than asked for", '["ocean waves", "coral reef", "night sky", "desert"]'],
  ["a numbered list", "Here are the terms you wanted for the video:\n1. ocean waves\n2. coral reef\n3. night sky"],
  ["words with commas", "ocean waves, coral reef, night sky"],
])("three search terms are read in an answer with %s", (_, answer) => {
  expect(readTerms(answer, 3)).toEqual(wanted);
});

test("a term has at most three words and 100 characters", () => {
  expect(readTerms('["waves of the deep blue ocean"]', 5)).toEqual(["waves of the"]);
  expect(readTerms(JSON.stringify(["a".repeat(300)]), 5)).toEqual(["a".repeat(100)]);
});

test.each(["I am sorry, but I cannot help with such a request at all.", "{}", '["大海"]', ""])(
  "no search terms are read in %j",
  (answer) => {
    expect(readTerms(answer, 5)).toEqual([]);
  },
);
