import { expect, test } from "vitest";
import { directedText, partOfParagraph } from "../../../src/captions/base-direction.ts";

const shown = (text: string) =>
  text.replaceAll("\u200f", "«R»").replaceAll("\u200e", "«L»").replaceAll("\u061c", "«A»");

test.each([
  ["Latin lines", "Hello there\n(256GB) now", "Hello there\n(256GB) now"],
  [
    "a Hebrew paragraph whose second line begins with Latin",
    "הזמינו את\niPhone 15 עכשיו",
    "הזמינו את\n«R»iPhone 15 עכשיו",
  ],
  ["a Hebrew paragraph whose second line has only digits", "המחיר\n3,499", "המחיר\n«R»3,499"],
  ["an Arabic paragraph whose second line begins with Arabic", "مرحبا\nبكم في 2024", "مرحبا\nبكم في 2024"],
  [
    "a Latin paragraph whose second line begins with Hebrew",
    "The word\nשלום means peace",
    "The word\n«L»שלום means peace",
  ],
  [
    "a Latin product name that is broken before a bracket",
    "קנו iPhone\n(Pro) Max",
    "קנו iPhone\n«R»«L»(«L»Pro«L»)«L» Max",
  ],
  ["a Latin word that is broken after its plus signs", "עם C++\nBuilder", "עם C++«L»\n«R»Builder"],
  ["a first character without direction", "«שלום»\nhello", "«שלום»\n«R»hello"],
  ["brackets around Latin after Latin", "קנו Pro (256GB) עכשיו", "קנו Pro «L»(«L»256GB«L»)«L» עכשיו"],
  ["brackets around Hebrew in a Latin paragraph", "Peace (שלום) 1.", "Peace «L»(«L»שלום«L»)«L» 1."],
  ["digits after Arabic at the start of a line", "خصم\n50% فقط", "خصم\n«A»50% فقط"],
  ["a dialogue, whose lines are paragraphs", "- שלום\n- Hello!", "- שלום\n- Hello!"],
  ["isolated Latin text at the start", "\u2066iPhone\u2069 שלום\nAndroid", "\u2066iPhone\u2069 שלום\n«R»Android"],
])("direction marks for %s", (_, text, expected) => {
  expect(shown(directedText(text))).toBe(expected);
});

test.each([
  ["begins with Latin", "(256GB)\nעכשיו!", "rtl", "«R»(256GB)\nעכשיו!"],
  ["begins with Hebrew", "עכשיו iPhone", "rtl", "עכשיו iPhone"],
  ["has no letters", "3,499!", "rtl", "«R»3,499!"],
  ["begins with Hebrew in a Latin paragraph", "שלום means peace.", "ltr", "«L»שלום means peace."],
  ["is a dialogue", "- Hello!\n- שלום", "rtl", "- Hello!\n- שלום"],
] as const)("a part of a paragraph that %s keeps the direction of the paragraph", (_, part, direction, expected) => {
  expect(shown(partOfParagraph(part, direction))).toBe(expected);
});
