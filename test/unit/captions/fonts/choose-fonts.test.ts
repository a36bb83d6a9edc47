import { expect, test } from "vitest";
import { charactersWithoutGlyph } from "../../../../src/captions/fonts/choose-fonts.ts";
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
