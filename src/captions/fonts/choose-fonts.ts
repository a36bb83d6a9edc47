import type { FontLook } from "./font-names.ts";
import type { Font } from "./read-font-file.ts";

/** A run of text drawn with one font. `font` is an index into the list of fonts. */
export interface FontRun {
  font: number;
  text: string;
  /** Where it begins in the whole text, as a UTF-16 index. */
  from: number;
}

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** Characters without a glyph of their own: white space, controls, joiners, variation selectors. */
export const NOT_DRAWN = /^[\s\p{Cc}\p{Default_Ignorable_Code_Point}]$/u;

/** A grapheme that is shown as an emoji: by itself, or because of the variation selector U+FE0F. */
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

/**
 * Splits text into runs. Each grapheme gets the first font that has all of its glyphs, or the first font if none has.
 * An emoji gets the last such font, because the emoji font is the last one. White space has the font of the text before it.
 * A grapheme that no font has is replaced with its plain form (NFKC) if a font has that: 𝗯𝗼𝗹𝗱 with "bold".
 *
 * @param breaks UTF-16 indexes at which a run also begins, or else at the next grapheme.
 */
export function fontRuns(text: string, fonts: readonly Font[], breaks: readonly number[] = []): FontRun[] {
  const runs: FontRun[] = [];
  // The font of the last character that is not an emoji, for white space: the emoji font's is too wide.
  let textFont = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const shown = isDrawable(segment, fonts) ? segment : plainForm(segment, fonts);
    const last = runs.at(-1);
    const font = /^\s$/.test(shown) ? textFont : fontOf(shown, fonts, last?.font ?? 0);
    if (!EMOJI.test(shown)) textFont = font;
    const broken = last !== undefined && breaks.some((place) => last.from < place && place <= index);
    if (last?.font === font && !broken) last.text += shown;
    else runs.push({ font, text: shown, from: index });
  }
  return runs;
}

/** The plain form (NFKC) of a grapheme, such as the letter of a mathematical letter, or the grapheme itself. */
function plainForm(grapheme: string, fonts: readonly Font[]): string {
  const plain = grapheme.normalize("NFKC");
  return Array.from(graphemes.segment(plain)).every(({ segment }) => isDrawable(segment, fonts)) ? plain : grapheme;
}

const isDrawable = (grapheme: string, fonts: readonly Font[]) => fonts.some((font) => covers(font, grapheme));

function fontOf(grapheme: string, fonts: readonly Font[], before: number): number {
  if (NOT_DRAWN.test(grapheme)) {
    const codePoint = grapheme.codePointAt(0) ?? 0;
    if (fonts[before]?.has(codePoint)) return before;
    // A direction mark, for example. libass must not search for another font that has it.
    const having = fonts.findIndex((font) => font.has(codePoint));
    return having < 0 ? before : having;
  }
  const fits = (font: Font) => covers(font, grapheme);
  return Math.max(0, EMOJI.test(grapheme) ? fonts.findLastIndex(fits) : fonts.findIndex(fits));
}

/** The different characters of `text` that none of the fonts has, in the order of the text. */
export function charactersWithoutGlyph(text: string, fonts: readonly Font[]): string[] {
  const missing = new Set<string>();
  for (const { segment } of graphemes.segment(text.normalize("NFC"))) {
    if (!missing.has(segment) && !isDrawable(segment, fonts)) missing.add(segment);
  }
  return [...missing];
}

/** The different characters of `text` that cannot be drawn: no font has them or their plain form. */
export function undrawableCharacters(text: string, fonts: readonly Font[]): string[] {
  return charactersWithoutGlyph(text, fonts).filter((missing) => plainForm(missing, fonts) === missing);
}

/** The bundled font for each script. {@link DEFAULT_FONT} draws all other scripts. */
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

/** The font for scripts that are not in the list of script fonts. */
export const DEFAULT_FONT = "NotoSans-Regular.ttf";
/** Fonts for the Han characters of Japanese names and of Cantonese that the font for Chinese does not have. */
const RARE_HAN_FONTS = ["NotoSansJP-Regular.ttf", "NotoSansHK-Regular.ttf"];
/**
 * An emoji font of outlines, drawn in the text's colour, because libass does not draw bitmap fonts. It is always the
 * last choice because it also has digits.
 */
export const EMOJI_FONT = "NotoEmoji-Regular.ttf";

/** The fonts of each look that differ from the regular ones. */
const LOOKS: Record<FontLook, Record<string, string>> = {
  regular: {},
  heavy: { [DEFAULT_FONT]: "NotoSans-Bold.ttf", "NotoSansSC-Regular.ttf": "NotoSansSC-Bold.ttf" },
  light: { [DEFAULT_FONT]: "NotoSans-Light.ttf", "NotoSansSC-Regular.ttf": "NotoSansSC-Light.ttf" },
};

/**
 * The bundled fonts of a look, one for each script, in order of preference for a text: the font of its most frequent script
 * comes first. Scripts without a font of the look have a regular one.
 */
export function fontOrder(text: string, look: FontLook = "regular"): string[] {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const counted = SCRIPT_FONTS.map(({ font, script }) => ({ font, count: text.match(script)?.length ?? 0 }));
  const others = letters - counted.reduce((sum, { count }) => sum + count, 0);
  const scripts = [{ font: DEFAULT_FONT, count: others }, ...counted].sort((a, b) => b.count - a.count);
  return [...scripts.map(({ font }) => LOOKS[look][font] ?? font), ...RARE_HAN_FONTS, EMOJI_FONT];
}

function covers(font: Font, grapheme: string): boolean {
  for (const character of grapheme) {
    if (!NOT_DRAWN.test(character) && !font.has(character.codePointAt(0) ?? 0)) return false;
  }
  return true;
}
