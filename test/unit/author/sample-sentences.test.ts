import { expect, test } from "vitest";
import { sampleSentence } from "../../../author/src/voices/sample-sentences.ts";

test("a voice is tried with a sentence in its language, and in English if there is none", () => {
  expect(sampleSentence("de-AT")).toMatch(/^Guten Tag!/);
  expect(sampleSentence("nb-NO")).toBe(sampleSentence("no"));
  expect(sampleSentence("zh-Hant-TW")).toMatch(/^你好/);
  expect(sampleSentence("tlh")).toBe(sampleSentence("en"));
});
