import { expect, test } from "vitest";
import { joinedForms } from "../../../../src/captions/fonts/arabic-letter-forms.ts";
import { textMeasure } from "../../../../src/captions/fonts/measure-text.ts";
import { fontsFor } from "../../../support/fonts.ts";

test("Arabic text is measured with joined letters", () => {
  const [font] = fontsFor("سلسبيل");
  const measure = textMeasure(font ? [font.font] : []);
  const apart = [..."سلسبيل"].join("\u200c");
  expect(joinedForms("سلسبيل")).toBe("\ufeb3\ufee0\ufeb4\ufe92\ufef4\ufede");
  // Marks do not separate letters. An alef does not join the next letter. Persian forms are in another Unicode block.
  expect(joinedForms("كَتَبَ")).toBe("\ufedb\u064e\ufe98\u064e\ufe90\u064e");
  expect(joinedForms("دار")).toBe("\ufea9\ufe8d\ufead");
  expect(joinedForms("یک")).toBe("\ufbfe\ufb8f");
  expect(joinedForms("Latin, 漢字")).toBe("Latin, 漢字");
  expect(measure("سلسبيل")).toBeLessThan(0.7 * measure(apart));
});
