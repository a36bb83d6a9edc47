import { joinedForms } from "./arabic-letter-forms.ts";
import { fontRuns, NOT_DRAWN } from "./choose-fonts.ts";
import type { Font } from "./read-font-file.ts";

/**
 * Returns a function that measures the width of a line in ems. It adds up the widths of single glyphs and uses the
 * joined forms of Arabic letters. Ligatures are measured as separate letters, which are not narrower. For an emoji, it
 * takes the widest glyph that a font has. The function caches widths: reuse it for many lines.
 */
export function textMeasure(fonts: readonly Font[]): (line: string) => number {
  const widths = new Map<string, number>();
  const widthOf = (character: string): number => {
    if (NOT_DRAWN.test(character) && !/\s/.test(character)) return 0;
    // Some fonts do not map the code points of presentation forms. Then measure the letter itself.
    for (const drawn of new Set([character, character.normalize("NFKC")])) {
      const codePoint = drawn.codePointAt(0) ?? 0;
      const widths = fonts
        .filter((font) => font.has(codePoint))
        .map((font) => font.advance(codePoint) / font.unitsPerEm);
      if (widths.length > 0) return /\p{Emoji}/u.test(drawn) ? Math.max(...widths) : (widths[0] ?? 0);
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

/** Height of a line in ems, as libass spaces lines. */
export function lineHeight(text: string, fonts: readonly Font[]): number {
  const { ascent, descent } = lineExtent(text, fonts);
  return ascent + descent;
}

/** How far a line reaches above and below its baseline, in ems: the largest ascent and descent of the fonts used. */
export function lineExtent(text: string, fonts: readonly Font[]): { ascent: number; descent: number } {
  let [ascent, descent] = [0, 0];
  for (const { font } of fontRuns(text, fonts)) {
    const used = fonts[font] as Font;
    ascent = Math.max(ascent, used.ascent / used.unitsPerEm);
    descent = Math.max(descent, used.descent / used.unitsPerEm);
  }
  return { ascent, descent };
}
