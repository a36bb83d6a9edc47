import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { fitCue, lineFits } from "../../../src/captions/fit-lines.ts";
import { readFont } from "../../../src/captions/fonts/read-font-file.ts";
import { splitScript } from "../../../src/captions/split-script.ts";
import { wordSpans } from "../../../src/text/word-spans.ts";
import { fontFile } from "../../support/fonts.ts";

const fonts = [readFont(fontFile("NotoSans-Regular.ttf"))];
const PORTRAIT = { width: 1080, height: 1920 };
const LANDSCAPE = { width: 1920, height: 1080 };
const look = (fields: object, frame = LANDSCAPE) =>
  captionStyle(videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields }), frame);
/** 203 letters. */
const LONG =
  "When the lamp in the tower was lit again after all those years, nobody in the village could say who had climbed " +
  "the stairs, and few who had been awake that night spoke only of a quiet light over the sea.";

test("a cue of 203 letters at font size 120 becomes cues of at most two lines that share its time", () => {
  const cues = fitCue({ start: 2, end: 14, text: LONG }, look({ font_size: 120 }), fonts, "en");
  expect(LONG).toHaveLength(203);
  expect(cues.length).toBeGreaterThan(2);
  expect(cues[0]?.start).toBe(2);
  expect(cues.at(-1)?.end).toBeCloseTo(14, 9);
  expect(cues.map(({ text }) => text.replaceAll("\n", " ")).join(" ")).toBe(LONG);
  for (const [index, { start, end, text }] of cues.entries()) {
    expect(text.split("\n").length).toBeLessThanOrEqual(2);
    expect(end - start).toBeGreaterThanOrEqual(0.7);
    if (index > 0) expect(start).toBe(cues[index - 1]?.end);
  }
});

test("a long cue that is shown too briefly to be divided stays whole and gets longer lines", () => {
  const brief = fitCue({ start: 2, end: 5, text: LONG }, look({ font_size: 120 }), fonts, "en");
  expect(brief).toHaveLength(1);
  expect(brief[0]?.text.replaceAll("\n", " ")).toBe(LONG);
  const lines = brief[0]?.text.split("\n").length ?? 0;
  // At size 120, there would be eight lines.
  expect(lines).toBeGreaterThan(2);
  expect(lines).toBeLessThan(7);
});

test("a cue that covers less than half of the frame keeps its lines and its time", () => {
  const cue = { start: 1, end: 1.2, text: "- Who is there?\n- Nobody.\n- Then who lit\nthe lamp?" };
  expect(fitCue(cue, look({}), fonts, "en")).toEqual([cue]);
});

test.each([
  ["a long German word", "Donaudampfschifffahrtsgesellschaftskapitän"],
  ["a URL", "https://example.com/a/long/path/to/it"],
])("%s that is wider than the frame is not cut if it fits with smaller letters", (_, word) => {
  const fits = lineFits(look({ font_size: 72 }, PORTRAIT), fonts);
  const shown = splitScript(`See ${word} now.`, fits, "de").map((subtitle) => subtitle.shown);
  expect(shown.join("\n").split(/\s/)).toContain(word);
});

test("the smallest letters for long words are 36 pixels of a frame whose shorter side is 1080", () => {
  const fits = lineFits(look({ font_size: 200, text_background_color: false, stroke_width: 0 }, PORTRAIT), fonts);
  // The letter n of Noto Sans is 0.618 em wide, and a line 972 pixels.
  const longest = Math.floor(972 / (36 * 0.618));
  expect([fits("n".repeat(longest)), fits("n".repeat(longest + 1))]).toEqual([true, false]);
  expect(fits("nnn nnn nnn")).toBe(false);
});

test("letters are at most 30% of the frame's height", () => {
  expect(look({ font_size: 400 }).fontSize).toBe(324);
  expect(look({ font_size: 400 }, PORTRAIT).fontSize).toBe(400);
});

test("no line has more words than max_words_per_line, in any writing system", () => {
  const fits = lineFits(look({ max_words_per_line: 3 }), fonts);
  const texts = {
    en: "The lights of the city, 'well-known' and don't-ask, at https://example.com/a/b?c=d shine",
    de: "Das Wort Donaudampfschifffahrtsgesellschaft steht hier in der Zeile",
    zh: "夜晚的城市灯光在河面上闪耀着光芒",
    ja: "夜の街の明かりが川の上で輝いています",
    th: "แสงไฟของเมืองส่องสว่างเหนือแม่น้ำ",
    ar: "أضواء المدينة تلمع فوق النهر ليلا",
  };
  for (const [language, text] of Object.entries(texts)) {
    const lines = splitScript(text, fits, language).flatMap(({ shown }) => shown.split("\n"));
    expect(lines.length, language).toBeGreaterThan(1);
    for (const line of lines) expect(wordSpans(line, language).length, line).toBeLessThanOrEqual(3);
    expect(lines.join("").replaceAll(" ", ""), language).toBe(text.replaceAll(" ", ""));
  }
});

test("a line is measured in the capital letters in which it is drawn", () => {
  const text = "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii lllllllllllllllllllllllllllllllllllllllllllll";
  expect(lineFits(look({ font_size: 60 }), fonts)(text)).toBe(true);
  expect(lineFits(look({ font_size: 60, uppercase: true }), fonts)(text)).toBe(false);
});
