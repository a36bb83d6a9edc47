import { expect, test } from "vitest";
import { directedText } from "../../../src/captions/base-direction.ts";

const shown = (text: string) => text.replaceAll("\u200f", "«R»").replaceAll("\u200e", "«L»");

test.each([
  ["Latin lines", "Hello there\n(256GB) now", "Hello there\n(256GB) now", true],
  [
    "a Hebrew paragraph whose second line begins with Latin",
    "הזמינו את\niPhone 15 עכשיו",
    "הזמינו את\n«R»iPhone 15 עכשיו",
    true,
  ],
  ["a Hebrew paragraph whose second line has only digits", "המחיר\n3,499", "המחיר\n«R»3,499", true],
  ["an Arabic paragraph whose second line begins with Arabic", "مرحبا\nبكم في 2024", "مرحبا\nبكم في 2024", true],
  [
    "a Latin paragraph whose second line begins with Hebrew",
    "The word\nשלום means peace",
    "The word\nשלום means peace",
    false,
  ],
  [
    "a Latin product name that is broken before a bracket",
    "קנו iPhone\n(Pro) Max",
    "קנו iPhone\n«R»«L»(Pro) Max",
    true,
  ],
  ["a Latin word that is broken after its plus signs", "עם C++\nBuilder", "עם C++«L»\n«R»Builder", true],
  ["a first character without direction", "«שלום»\nhello", "«שלום»\n«R»hello", true],
  ["a dialogue, whose lines are paragraphs", "- שלום\n- Hello!", "- שלום\n- Hello!", true],
  ["isolated Latin text at the start", "\u2066iPhone\u2069 שלום\nAndroid", "\u2066iPhone\u2069 שלום\n«R»Android", true],
])("direction marks for %s", (_, text, expected, automatic) => {
  const directed = directedText(text);
  expect(shown(directed.text)).toBe(expected);
  expect(directed.automatic).toBe(automatic);
});
