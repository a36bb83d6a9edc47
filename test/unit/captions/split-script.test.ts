import fc from "fast-check";
import { expect, test } from "vitest";
import { textMeasure } from "../../../src/captions/fonts/measure-text.ts";
import { readFont } from "../../../src/captions/fonts/read-font-file.ts";
import { joinSubtitles, splitScript as split } from "../../../src/captions/split-script.ts";
import { fontFile } from "../../support/fonts.ts";

const sans = readFont(fontFile("NotoSans-Regular.ttf"));
const fonts = [sans, readFont(fontFile("NotoSansSC-Regular.ttf"))];

/** A line may be 14 em wide, which is about 25 Latin letters. */
const measure = textMeasure(fonts);
const fits = (line: string) => measure(line) <= 14;
const splitScript = (text: string, language?: string) => split(text, fits, language).map(({ shown }) => shown);

const word = fc.oneof(
  fc.stringMatching(/^[a-zA-Z]{1,12}[,.!?]?$/),
  fc.constantFrom(
    "naïve",
    "Привет.",
    "你好。",
    "e.g.",
    "3.14",
    "—",
    "{\\b1}",
    "supercalifragilisticexpialidociously-long-word",
  ),
);
const script = fc
  .array(fc.tuple(word, fc.constantFrom(" ", " ", "  ", "\n", "\r\n", "\t", "\n\n")), { maxLength: 60 })
  .map((parts) => parts.flat().join(""));
const withoutSpace = (text: string) => text.normalize("NFC").replace(/\s+/g, "");

test("the Greek question mark ends a sentence only if the language is Greek", () => {
  const script = "Τι κάνεις; Καλά είμαι.";
  expect(splitScript(script, "el")).toEqual(["Τι κάνεις;", "Καλά είμαι."]);
  expect(splitScript(script)).toEqual([script]);
});

test.each([
  ["", []],
  [" \n\t ", []],
  ["One. Two! Three?", ["One.", "Two!", "Three?"]],
  ["one\ntwo", ["one", "two"]],
  ["Well done. Go on! 👍👍", ["Well done.", "Go on! 👍👍"]],
  ["much   white\tspace", ["much white space"]],
])("the script %j is split into the subtitles %j", (text, lines) => {
  expect(splitScript(text)).toEqual(lines);
});

test.each([
  [
    "English at clauses and between words",
    "the quick brown fox jumps over the lazy dog, and then it does so again and again and again",
    ["the quick brown fox\njumps over the lazy dog,", "and then it does so again\nand again and again"],
  ],
  [
    "Chinese at clauses and between words",
    "在这个快速变化的时代，人工智能正在改变我们的生活方式，也改变着我们每一天的工作。",
    ["在这个快速变化的时代，人工\n智能正在改变我们的生活方式，", "也改变着我们每一天的工作。"],
  ],
  ["Japanese into sentences", "今日は晴れです。明日は雨でしょう。", ["今日は晴れです。", "明日は雨でしょう。"]],
  ["Hindi into sentences, which end with a danda", "मैं घर जाता हूँ। तुम कहाँ हो?", ["मैं घर जाता हूँ।", "तुम कहाँ हो?"]],
  ["Arabic into sentences", "أهلا وسهلا بكم. هل أنت مستعد؟ نعم!", ["أهلا وسهلا بكم.", "هل أنت مستعد؟", "نعم!"]],
])("splitScript splits %s", (_, text, expected) => {
  expect(splitScript(text)).toEqual(expected);
});

test("splitting a script keeps every word unchanged and in order", () => {
  fc.assert(
    fc.property(fc.oneof(script, fc.string({ unit: "grapheme" })), (text) => {
      // Punctuation alone is not shown.
      const visible = /[\p{L}\p{N}\p{So}\p{Extended_Pictographic}]/u.test(text) ? text.replace(/\p{Cc}/gu, " ") : "";
      expect(withoutSpace(splitScript(text).join(" "))).toBe(withoutSpace(visible));
    }),
    { numRuns: 500 },
  );
});

test("a subtitle has one or two trimmed lines that fit the width", () => {
  fc.assert(
    fc.property(script, (text) => {
      for (const subtitle of splitScript(text)) {
        const lines = subtitle.split("\n");
        expect(lines.length).toBeLessThanOrEqual(2);
        for (const line of lines) {
          expect(line).toBe(line.trim());
          expect(line).not.toMatch(/[\r\t]|\s\s|^$/);
          expect(fits(line)).toBe(true);
        }
      }
    }),
  );
});

test("control characters in a script count as white space", () => {
  expect(splitScript("one\0two\u0007three\u001b[31m")).toEqual(["one two three [31m"]);
  expect(splitScript("\0")).toEqual([]);
});

test("short sentences are joined if there is no time for each, but never to more than two lines", () => {
  const script = "Hi. Yes. This is a rather long sentence that needs its two lines. No. Go.";
  const joined = (max: number) => joinSubtitles(split(script, fits), max, fits).map(({ text }) => text);
  expect(joined(5)).toHaveLength(5);
  expect(joined(3)).toEqual(["Hi. Yes.", "This is a rather long sentence that needs its two lines.", "No. Go."]);
  expect(joined(1)).toEqual(joined(3));
});

test.each([
  ['Say "nnnnnnnnnnnnnnnnnnnnn!" now', /^["!?]+$/],
  ["nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn?!", /^[?!]+$/],
  ["See https://example.com/a/very/long/path/that/is/wider/than/a/line?query=1.", /^[^a-z0-9]+$/],
])("no line of %j has only marks, however wide its words are", (text, marks) => {
  for (let width = 2; width < 30; width += 0.3) {
    const lines = split(text, (line) => measure(line) <= width).flatMap(({ shown }) => shown.split("\n"));
    expect(lines.filter((line) => marks.test(line))).toEqual([]);
    expect(withoutSpace(lines.join(""))).toBe(withoutSpace(text));
  }
});
