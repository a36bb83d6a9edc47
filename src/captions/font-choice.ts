import { joinedForms } from "./arabic-joining.ts";
import type { Font } from "./font-file.ts";

/** Text drawn with one font: `font` is an index into the fonts it was chosen from. */
export interface FontRun {
  font: number;
  text: string;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Characters that are not drawn, or by shaping alone: white space, controls, joiners, variation selectors. */
const UNDRAWN = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]$/u;

/**
 * Splits text by the first font that has every glyph of a grapheme. White space goes with what is
 * before it; where no font fits, the first one.
 */
export function fontRuns(text: string, fonts: readonly Font[]): FontRun[] {
  const runs: FontRun[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const last = runs.at(-1);
    const fitting = fonts.findIndex((font) => covers(font, segment));
    const font = last && UNDRAWN.test(segment) ? last.font : Math.max(0, fitting);
    if (last?.font === font) last.text += segment;
    else runs.push({ font, text: segment });
  }
  return runs;
}

/** The first characters of `text` that none of the fonts can draw: each once, at most ten. */
export function charactersWithoutGlyph(text: string, fonts: readonly Font[]): string[] {
  const missing = new Set<string>();
  for (const { segment } of graphemes.segment(text.normalize("NFC"))) {
    if (missing.size < 10 && !fonts.some((font) => covers(font, segment))) missing.add(segment);
  }
  return [...missing];
}

/**
 * Measures lines in ems, each character by its own glyph, Arabic letters by that of the form they take.
 * What a font draws as one glyph for several characters comes out no wider. Keep the function for many
 * lines: it remembers the characters it met.
 */
export function textMeasure(fonts: readonly Font[]): (line: string) => number {
  const widths = new Map<string, number>();
  const widthOf = (character: string): number => {
    if (UNDRAWN.test(character) && !/\s/.test(character)) return 0;
    // A font may have none of the forms by their code points: then the letter stands for them.
    for (const drawn of new Set([character, character.normalize("NFKC")])) {
      const codePoint = drawn.codePointAt(0) ?? 0;
      const font = fonts.find((candidate) => candidate.has(codePoint));
      if (font) return font.advance(codePoint) / font.unitsPerEm;
    }
    const codePoint = character.codePointAt(0) ?? 0;
    return fonts[0] ? fonts[0].advance(codePoint) / fonts[0].unitsPerEm : 0;
  };
  return (line) => {
    let width = 0;
    for (const character of joinedForms(line)) {
      let known = widths.get(character);
      if (known === undefined) {
        known = widthOf(character);
        widths.set(character, known);
      }
      width += known;
    }
    return width;
  };
}

/** Line height in ems of text in these fonts, as libass spaces lines. */
export function lineHeight(text: string, fonts: readonly Font[]): number {
  return Math.max(
    ...fontRuns(text, fonts).map(({ font }) => {
      const { height, unitsPerEm } = fonts[font] as Font;
      return height / unitsPerEm;
    }),
  );
}

function covers(font: Font, grapheme: string): boolean {
  for (const character of grapheme) {
    if (!UNDRAWN.test(character) && !font.has(character.codePointAt(0) ?? 0)) return false;
  }
  return true;
}

/** Scripts, and which font of the bundled ones is theirs; the rest is for {@link DEFAULT_FONT}. */
const SCRIPT_FONTS = [
  {
    font: "NotoSansSC-Regular.ttf",
    script: /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}]/gu,
  },
  { font: "NotoSansArabic-Regular.ttf", script: /\p{Script=Arabic}/gu },
  { font: "NotoSansDevanagari-Regular.ttf", script: /\p{Script=Devanagari}/gu },
  { font: "NotoSansKR-Regular.ttf", script: /\p{Script=Hangul}/gu },
  { font: "NotoSansHebrew-Regular.ttf", script: /\p{Script=Hebrew}/gu },
  { font: "NotoSansThai-Regular.ttf", script: /\p{Script=Thai}/gu },
  { font: "NotoSansBengali-Regular.ttf", script: /\p{Script=Bengali}/gu },
  { font: "NotoSansTamil-Regular.ttf", script: /\p{Script=Tamil}/gu },
] as const;

/** The font for text in no script that has one of its own. */
export const DEFAULT_FONT = "NotoSans-Regular.ttf";
/** Outlines in one colour, the text's: libass draws no bitmaps. It has digits too, and so comes last. */
const EMOJI_FONT = "NotoEmoji-Regular.ttf";

/** The bundled fonts in the order in which a text should be drawn with them: that of its main script first. */
export function fontOrder(text: string): string[] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const counted = SCRIPT_FONTS.map(({ font, script }) => ({ font, count: text.match(script)?.length ?? 0 }));
  const others = letters - counted.reduce((sum, { count }) => sum + count, 0);
  const scripts = [{ font: DEFAULT_FONT, count: others }, ...counted].sort((a, b) => b.count - a.count);
  return [...scripts.map(({ font }) => font), EMOJI_FONT];
}
