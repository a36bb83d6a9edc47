import fc from "fast-check";
import { expect, test } from "vitest";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { lineFits } from "../../../src/captions/fit-lines.ts";
import type { Font } from "../../../src/captions/fonts/read-font-file.ts";
import { captionPlanner } from "../../../src/captions/plan-captions.ts";
import { joinSubtitles, splitScript } from "../../../src/captions/split-script.ts";
import { removeMarkup } from "../../../src/text/remove-markup.ts";
import { request } from "../timeline/plans.ts";

/** A font whose letters are half an em wide, and those of East Asian scripts one em. */
const font: Font = {
  name: "Grid",
  unitsPerEm: 2,
  ascent: 2,
  height: 2,
  has: () => true,
  advance: (codePoint: number) => (codePoint >= 0x2e80 && codePoint < 0xff00 ? 2 : 1),
} as unknown as Font;

const LANGUAGES: Record<string, { words: string[]; ends: string[]; abbreviations: string[]; joiner: string }> = {
  en: {
    words: ["we", "walked", "over", "the", "well-known", "bridge", "don’t"],
    ends: [". ", "! ", "? ", "… "],
    abbreviations: ["Mr. Brown", "No. 6", "J. R. R. Tolkien", "e.g. this", "U.S. law"],
    joiner: " ",
  },
  de: {
    words: ["Wir", "gehen", "über", "die", "Straße", "Donaudampfschiff"],
    ends: [". ", "! ", "?“ "],
    abbreviations: ["Dr. Maier", "z. B. heute", "3. Oktober", "Nr. 5", "bzw. morgen"],
    joiner: " ",
  },
  fr: {
    words: ["nous", "allons", "à", "l’école", "déjà"],
    ends: [". ", "\u202f! ", "\u00a0? "],
    abbreviations: ["M. Dupont", "p. ex. ici", "«\u00a0Oui\u00a0»", "1\u202f234\u202f567"],
    joiner: " ",
  },
  es: {
    words: ["nosotros", "vamos", "al", "colegio", "mañana"],
    ends: [". ", "! ", "? "],
    abbreviations: ["Sra. García", "EE. UU. hoy", "núm. 5", "¿Qué"],
    joiner: " ",
  },
  ru: {
    words: ["мы", "идём", "в", "школу", "сегодня"],
    ends: [". ", "! ", "? "],
    abbreviations: ["А. С. Пушкин", "ул. Ленина", "т. е. да", "г. Москва"],
    joiner: " ",
  },
  ar: {
    words: ["نحن", "نذهب", "إلى", "المدرسة", "اليوم"],
    ends: [". ", "! ", "؟ "],
    abbreviations: ["د. أحمد"],
    joiner: " ",
  },
  he: {
    words: ["אנחנו", "הולכים", "לבית־ספר", "היום"],
    ends: [". ", "! ", "? "],
    abbreviations: ["ב-3,499 ₪"],
    joiner: " ",
  },
  hi: {
    words: ["हम", "आज", "विद्यालय", "जाते", "हैं"],
    ends: ["। ", "! ", "? "],
    abbreviations: ["डॉ. शर्मा"],
    joiner: " ",
  },
  th: { words: ["เรา", "ไป", "โรงเรียน", "วันนี้", "อากาศดี"], ends: [" ", "! "], abbreviations: ["3.14"], joiner: "" },
  zh: {
    words: ["我们", "今天", "去", "学校", "红楼梦", "人工智能"],
    ends: ["。", "！", "？”", "……"],
    abbreviations: ["《红楼梦》", "“你好”", "2024年"],
    joiner: "",
  },
  ja: {
    words: ["私たちは", "今日", "学校へ", "行きます", "コーヒー"],
    ends: ["。", "！", "？」"],
    abbreviations: ["『本』", "第3章"],
    joiner: "",
  },
  ko: { words: ["우리는", "오늘", "학교에", "갑니다"], ends: [". ", "! ", "? "], abbreviations: ["3.14"], joiner: " " },
};
const WHOLE = [
  "3.14",
  "1,000.50",
  "5.30 p.m.",
  "https://a.b/c?d=1&e=2-3",
  "me@x-y.org",
  "v2.0.1",
  "my-file.txt",
  "10 km",
];
const MARKUP = ["---", "***", "# ", "- ", "> ", "```", "**", "1. ", "• ", "...", "👍"];

/** A random script with its language, and the parts that must not be broken. */
const script = fc.constantFrom(...Object.keys(LANGUAGES)).chain((language) => {
  const { words, ends, abbreviations, joiner } = LANGUAGES[language] as (typeof LANGUAGES)[string];
  const whole = [...WHOLE, ...abbreviations];
  const word = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words) },
    { weight: 1, arbitrary: fc.constantFrom(...whole).map((part) => ` ${part} `) },
  );
  const sentence = fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 14 }), fc.constantFrom(...ends, ", "))
    .map(([parts, end]) => parts.join(joiner) + end);
  const line = fc.oneof(
    { weight: 5, arbitrary: fc.array(sentence, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.constantFrom(...MARKUP) },
  );
  return fc.record({
    language: fc.constantFrom(language, "und"),
    text: fc
      .array(
        fc.tuple(fc.constantFrom("", "", "", ...MARKUP), line).map((parts) => parts.join("")),
        { minLength: 1, maxLength: 6 },
      )
      .map((lines) => lines.join("\n")),
    whole: fc.constant(whole),
  });
});

/** The characters of a text, without spaces and the marks that keep the direction of a paragraph. */
const withoutSpace = (text: string) => text.normalize("NFC").replace(/[\s\u200e\u200f]+/g, "");
const count = (text: string, part: string) => withoutSpace(text).split(withoutSpace(part)).length - 1;

test("subtitles of random scripts in twelve languages have every character once, long enough, and break nothing that belongs together", () => {
  fc.assert(
    fc.property(
      script,
      fc.integer({ min: 24, max: 120 }),
      fc.integer({ min: 1, max: 2000 }),
      ({ language, text, whole }, fontSize, frames) => {
        const asked = request({ video_script: text, video_language: language, font_size: fontSize });
        const style = captionStyle(asked, { width: 1080, height: 1920 });
        const cues = captionPlanner(asked, style, { fonts: [font], timed: null }, 30)(frames);
        const fits = lineFits(style, [font]);
        const plain = removeMarkup(text);
        const all = joinSubtitles(
          splitScript(plain, fits, language),
          Math.max(1, Math.floor(frames / 15)),
          fits,
          language,
        );
        const lines = cues.flatMap((cue) => cue.text.split("\n"));
        for (const line of lines) {
          expect(line).toMatch(/[\p{L}\p{N}\p{So}]/u);
          expect(fits(line)).toBe(true);
          expect(line).not.toMatch(/^[,;:!?)\]}»”。，！？』」》]|[(¿«„『「《]$/u);
          // Letters that are wider than a tenth of the frame leave no room for two words.
          if (fontSize <= 60) expect(line).not.toMatch(/(?:^|\s)(?:Mr|Dr|No|Sra|z|ул)\.$/u);
        }
        for (const { start, end } of cues)
          if (frames >= 15 * cues.length) expect(end - start).toBeGreaterThanOrEqual(15);
        // With fewer frames than subtitles, some are never shown.
        if (all.length > frames) return;
        expect(withoutSpace(lines.join(" "))).toBe(all.length === 0 ? "" : withoutSpace(plain));
        for (const part of fontSize <= 60 && all.length > 0 ? whole : []) {
          const found = lines.reduce((sum, line) => sum + count(line, part), 0);
          expect(found, part).toBe(count(plain, part));
        }
      },
    ),
    { numRuns: 100 },
  );
});
