import { expect, test } from "vitest";
import { fontCollection, fontFile } from "../support/fonts.ts";
import { hasFFmpeg } from "../support/renderers-under-test.ts";
import { skippedWithout } from "../support/skipped.ts";
import { differing, drawEach, findPixels, type Picture } from "./support/drawn-captions.ts";
import { renderers, renderNatively, renderWithMachineFonts } from "./support/renderers.ts";

const fields = { font_size: 300, text_background_color: false, stroke_width: 0 };
const SIZE = { width: 180, height: 100 };
/** The height of the em square in pixels: at most 30% of the frame's height. */
const EM = 30;
const emoji = fontFile("NotoEmoji-Regular.ttf");
const sans = fontFile("NotoSans-Regular.ttf");
const japanese = fontFile("NotoSansJP-Regular.ttf");
const ink = (picture: Picture) => findPixels(picture, (red) => red > 170);
const plain = (text: string) => ({ text, fields });

const emojiTexts = ["🎉", "🚀", "🔥", "👩🏽‍🚀", "🇩🇪", "🇯🇵", "1️⃣", "👍🏿", "❤️", "❤️‍🔥", "🏳️‍🌈", "👨‍👩‍👧‍👦"];

test.each(renderers)(
  "the $name renderer draws each emoji sequence of a font collection as one picture without the machine's fonts",
  async ({ render }) => {
    // As a user may upload it.
    const { file } = fontCollection([emoji, fontFile("NotoSansThai-Regular.ttf")]);
    const [box, ...drawn] = await drawEach(["\u{10ffff}", ...emojiTexts].map(plain), SIZE, [file], render);
    for (const [index, picture] of drawn.entries()) {
      const { count, left, right } = ink(picture);
      expect(count, emojiTexts[index]).toBeGreaterThan(60);
      expect(right - left, emojiTexts[index]).toBeLessThan(1.5 * EM);
      for (const other of [box, ...drawn.slice(0, index)]) {
        expect(other && differing(picture, other), emojiTexts[index]).toBeGreaterThan(0.003);
      }
    }
  },
);

test.each(renderers)(
  "the $name renderer draws Han characters above U+FFFF, plain forms of mathematical letters, and no invisible characters",
  async ({ render }) => {
    const texts = [
      "\u{10ffff}",
      "𠮷",
      "𩸽",
      "𝗛𝓲",
      "Hi",
      "H\u202fi",
      "H i",
      "H\ufe0f\u180bi\u{e0101}",
      "🎉 🎉 H",
      "🎉 H",
    ];
    const drawn = await drawEach(texts.map(plain), SIZE, [sans, japanese, emoji], render);
    const [box, yoshi, hokke, fancy, hi, narrow, spaced, selected] = drawn as [Picture, ...Picture[]];
    for (const han of [yoshi, hokke]) expect(han && ink(han).count).toBeGreaterThan(150);
    expect(yoshi && hokke && differing(yoshi, hokke)).toBeGreaterThan(0.01);
    expect(yoshi && differing(yoshi, box)).toBeGreaterThan(0.01);
    expect(fancy && hi && differing(fancy, hi)).toBe(0);
    expect(selected && hi && differing(selected, hi)).toBe(0);
    expect(narrow && spaced && Math.abs(ink(narrow).right - ink(spaced).right)).toBeLessThanOrEqual(3);
    // A space beside an emoji is as wide as beside a letter.
    const [two, one] = drawn.slice(-2).map((picture) => ink(picture).right - ink(picture).left);
    expect((two ?? 0) - (one ?? 0)).toBeLessThan(1.7 * EM);
  },
);

test.skipIf(!hasFFmpeg)(
  `emoji and Han characters look the same with and without the machine's fonts${skippedWithout(hasFFmpeg, "ffmpeg")}`,
  async () => {
    const captions = ["Nice 🎉 work 🚀🔥", "👩🏽‍🚀 𠮷野家 ☺️", "H\u202fi 1️⃣"].map((text) => ({
      text,
      fields: { font_size: 90 },
    }));
    const files = [sans, japanese, emoji];
    const without = await drawEach(captions, SIZE, files, renderNatively);
    const having = await drawEach(captions, SIZE, files, renderWithMachineFonts);
    expect(having.map((picture, index) => differing(picture, without[index] as Picture))).toEqual([0, 0, 0]);
  },
);
