import { expect, test } from "vitest";
import { charactersWithoutGlyph, fontRuns, undrawableCharacters } from "../../../../src/captions/fonts/choose-fonts.ts";
import { readFont } from "../../../../src/captions/fonts/read-font-file.ts";
import { fontFile } from "../../../support/fonts.ts";

const sans = readFont(fontFile("NotoSans-Regular.ttf"));
const fonts = [sans, readFont(fontFile("NotoSansSC-Regular.ttf"))];

test.each([
  ["Hello, wörld! Ελληνικά, кириллица — “quotes” 1/2 €", []],
  ["© ® ™", []],
  ["你好, 你好", []],
  ["한국", ["한", "국"]],
  ["مرحبا", ["م", "ر", "ح", "ب", "ا"]],
  ["fine 👍", ["👍"]],
  ["joined\u200d\u2060 and\ttabbed\u00a0", []],
  ["a\ud800b", ["\ud800"]],
])("charactersWithoutGlyph(%j) returns %j for Noto Sans and Noto Sans SC", (text, missing) => {
  expect(charactersWithoutGlyph(text, fonts)).toEqual(missing);
});

test("a character that no font has can be drawn if its plain form can", () => {
  expect(charactersWithoutGlyph("𝗯𝗼𝗹𝗱 👍", [sans])).toEqual(["𝗯", "𝗼", "𝗹", "𝗱", "👍"]);
  expect(undrawableCharacters("𝗯𝗼𝗹𝗱 👍", [sans])).toEqual(["👍"]);
  expect(fontRuns("a𝗯", [sans])).toEqual([{ font: 0, text: "ab", from: 0 }]);
});

test("an emoji is drawn with the last font that has it, and the space after it with the font of the text", () => {
  const emoji = readFont(fontFile("NotoEmoji-Regular.ttf"));
  expect(fontRuns("a 👍🏽 1️⃣ 1", [sans, emoji])).toEqual([
    { font: 0, text: "a ", from: 0 },
    { font: 1, text: "👍🏽", from: 2 },
    { font: 0, text: " ", from: 6 },
    { font: 1, text: "1️⃣", from: 7 },
    { font: 0, text: " 1", from: 10 },
  ]);
});

test("a run of a font also ends at a break, but never inside a grapheme", () => {
  expect(fontRuns("ab ce\u0301f", [sans], [2, 3, 5]).map(({ text }) => text)).toEqual(["ab", " ", "ce\u0301", "f"]);
});
