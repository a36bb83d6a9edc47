import { segmenterFor } from "../../text/segmenters.ts";
import type { Font } from "../fonts/read-font-file.ts";

/** Letters that only Turkish, Azerbaijani and their relatives have. */
const TURKIC = /[ğĞıİ]/u;
const GREEK = /\p{Script=Greek}/u;

/**
 * The language by whose rules letters become capitals: the one that is given. If none is given, letters that only one
 * language has tell: with "ı" or "ğ", a text is Turkish.
 *
 * @param language BCP 47 tag; "und" if unknown.
 */
export function capitalsLanguage(language: string, text: string): string {
  return language === "und" && TURKIC.test(text) ? "tr" : language;
}

/**
 * Text in capital letters. Greek capitals have no accents. A letter whose capital no font has stays small.
 *
 * @param language BCP 47 tag; decides the capital of "i".
 */
export function capitals(text: string, language: string, fonts: readonly Font[]): string {
  const locale = language === "und" ? (GREEK.test(text) ? "el" : undefined) : language;
  // Rules for Greek look at the letters around, so the text is changed as a whole if possible.
  const whole = text.toLocaleUpperCase(locale);
  const drawable = (shown: string) =>
    Array.from(shown).every((character) => fonts.some((font) => font.has(character.codePointAt(0) ?? 0)));
  if (Array.from(whole).every((character) => text.includes(character) || drawable(character))) return whole;
  return Array.from(segmenterFor("und", "grapheme").segment(text), ({ segment }) => {
    const upper = segment.toLocaleUpperCase(locale);
    return drawable(upper) ? upper : segment;
  }).join("");
}
