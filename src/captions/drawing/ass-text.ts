import { assColour, type Colour } from "../colour.ts";
import { type FontRun, fontRuns } from "../fonts/choose-fonts.ts";
import type { Font } from "../fonts/read-font-file.ts";
import type { Span } from "./shown-text.ts";

/** A letter of a writing system. Digits, punctuation, emoji and mathematical letters belong to all of them. */
const LETTER_OF_SCRIPT = /(?!\p{Script=Common}|\p{Script=Inherited})\p{L}/u;
/** Zero-width joiners, variation selectors, key caps and combining marks: they change the character before. */
const COMBINING = /[\u200d\p{M}]/u;
/**
 * A letter of no size. Where no letter says which writing system a text has, libass separates characters from what is
 * combined with them, and the parts of an emoji are drawn side by side.
 */
const HIDDEN_LETTER = "{\\fscx0\\fscy0}a";

/** The looks of a text's words. */
export interface WordTags {
  words: readonly Span[];
  /** Override tags for a word, or for what is between words. They must set the same properties for all words. */
  tagsOf(word: number | null): string;
}

/**
 * The text with font and size tags per run. An ASS font size measures ascent plus descent; ours is the em size.
 *
 * With `looks`, every word is a run of its own. libass shapes runs one by one, and tells them apart by their tags. So
 * that the places of words do not depend on their looks, each run also has another secondary colour than the one
 * before. Only libass's own karaoke effects show that colour.
 *
 * @param used collects the indexes of the fonts.
 */
export function styledRuns(
  text: string,
  fontSize: number,
  fonts: readonly Font[],
  used: Set<number>,
  looks: WordTags | null = null,
): string {
  const breaks = looks?.words.flatMap(({ from, to }) => [from, to]) ?? [];
  let tagsBefore = "";
  const runs = fontRuns(text, fonts, breaks).map((run, index) => {
    const font = fonts[run.font] as Font;
    used.add(run.font);
    const size = (fontSize * (font.ascent + font.descent)) / font.unitsPerEm;
    const tags = looks ? looks.tagsOf(wordAt(looks.words, run)) : "";
    const changed = tags === tagsBefore ? "" : tags;
    tagsBefore = tags;
    const separate = looks ? `\\2c&H${index % 2}&` : "";
    return `{\\fn${font.name}\\fs${size.toFixed(2)}${separate}${changed}}${escapeText(drawable(run.text, font))}`;
  });
  return runs.join("") + (COMBINING.test(text) && !LETTER_OF_SCRIPT.test(text) ? HIDDEN_LETTER : "");
}

function wordAt(words: readonly Span[], { from }: FontRun): number | null {
  const word = words.findIndex((span) => span.from <= from && from < span.to);
  return word < 0 ? null : word;
}

/** Marks that are stacked above or below a letter, after the first two. A higher stack would leave the line. */
const MARKS_OF_HIGH_STACKS =
  /(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]{2})[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]+/g;
/** Stands for a picture in a text that was copied from a page. */
const OBJECT_REPLACEMENT = /\ufffc/g;

/**
 * Removes what must not be drawn. Replaces white space that a font has no glyph for with plain spaces, and removes such
 * variation selectors and other invisible characters. libass would search for another font, or draw an empty box.
 * Controls of joining and direction stay: libass does not draw them.
 */
function drawable(text: string, font: Font): string {
  const shown = text.replace(MARKS_OF_HIGH_STACKS, "").replace(OBJECT_REPLACEMENT, "");
  return shown.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, (character) => {
    if (
      font.has(character.codePointAt(0) ?? 0) ||
      /[\r\n\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069]/.test(character)
    ) {
      return character;
    }
    return /\s/.test(character) ? " " : "";
  });
}

/**
 * Escapes text so that libass does not read it as override tags. As in ffmpeg's own ASS writer, braces get a
 * backslash and a backslash gets a word joiner after it. Line breaks become hard line breaks (`\N`).
 */
function escapeText(text: string): string {
  return text
    .replaceAll("\\", "\\\u2060")
    .replaceAll("{", "\\{")
    .replaceAll("}", "\\}")
    .replace(/[\r\n]+/g, "\\N");
}

/**
 * `h:mm:ss.cc`. ASS times have hundredths of a second only, so the time is moved half a frame earlier. libass
 * shows a line from the first frame at or after its start.
 */
export function timestamp(frame: number, frameRate: number): string {
  const hundredths = Math.round((Math.max(0, frame - 0.5) / frameRate) * 100);
  const part = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(hundredths / 100);
  return `${Math.floor(seconds / 3600)}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}.${part(hundredths % 100)}`;
}

/** A number of pixels for a tag. */
export function pixels(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Tags for the colour and opacity of letters (1), outline (3) or box (4). */
export function colourTags(part: 1 | 3 | 4, colour: Colour): string {
  const [, alpha, rgb] = /^&H(..)(.*)$/.exec(assColour(colour)) ?? [];
  return `\\${part}c&H${rgb}&\\${part}a&H${alpha}&`;
}
