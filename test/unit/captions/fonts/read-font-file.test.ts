import fc from "fast-check";
import { expect, test } from "vitest";
import { fontOrder } from "../../../../src/captions/fonts/choose-fonts.ts";
import { FontError, readFont } from "../../../../src/captions/fonts/read-font-file.ts";
import { fontFile } from "../../../support/fonts.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test.each(fontOrder(""))("the bundled font %s is read with its name and glyph widths", (name) => {
  const font = readFont(fontFile(name));
  expect(font.name).toMatch(/^Noto (Sans|Emoji)( \w+)? Regular$/);
  // Every bundled font has digits.
  expect(font.has(0x31)).toBe(true);
  expect(font.advance(0x31)).toBeGreaterThan(500);
  expect(font.has(0x10_ff_ff)).toBe(false);
});

test.each([
  ["plain text", bytes("this is some text, and no font at all"), /not a TrueType or OpenType font/],
  ["WOFF2", bytes("wOF2 and so on, up to a sensible length"), /WOFF/],
  ["cut off", fontFile("NotoSans-Regular.ttf").slice(0, 100_000), /cut off inside its \w+ table/],
  ["empty", new Uint8Array(0), /damaged/],
])("a font file that is %s is refused with the reason", (_, file, reason) => {
  expect(() => readFont(file)).toThrow(FontError);
  expect(() => readFont(file)).toThrow(reason);
});

test("a damaged font file is read or refused, without any unexpected error", () => {
  const whole = fontFile("NotoSansArabic-Regular.ttf");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 255 })), { minLength: 1 }), (changes) => {
      const file = whole.slice();
      for (const [at, value] of changes) file[at] = value;
      try {
        const font = readFont(file);
        for (const codePoint of [0x20, 0x627, 0xffff, 0x1f600]) font.advance(codePoint);
      } catch (error) {
        if (!(error instanceof FontError) && !(error instanceof RangeError)) throw error;
      }
    }),
    { numRuns: 200 },
  );
});
