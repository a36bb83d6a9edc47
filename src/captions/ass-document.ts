import { directedText } from "./base-direction.ts";
import { boxPadding, customTop, edgeMargin, styleToFit } from "./caption-layout.ts";
import type { CaptionStyle } from "./caption-style.ts";
import { assColour, type Colour, isGrey } from "./colour.ts";
import { fontRuns } from "./fonts/choose-fonts.ts";
import { textMeasure } from "./fonts/measure-text.ts";
import type { Font } from "./fonts/read-font-file.ts";
import type { Cue } from "./timing/cue-timing.ts";

/** A letter of a writing system. Digits, punctuation, emoji and mathematical letters belong to all of them. */
const LETTER_OF_SCRIPT = /(?!\p{Script=Common}|\p{Script=Inherited})\p{L}/u;
/** Zero-width joiners, variation selectors, key caps and combining marks: they change the character before. */
const COMBINING = /[\u200d\p{M}]/u;
/**
 * A letter of no size. Where no letter says which writing system a text has, libass separates characters from what is
 * combined with them, and the parts of an emoji are drawn side by side.
 */
const HIDDEN_LETTER = "{\\fscx0\\fscy0}a";

/** An ASS script and the fonts it uses. */
export interface AssScript {
  text: string;
  /** Indexes into the fonts that were passed in, ascending. */
  fonts: number[];
  /** True if the script must be drawn on a transparent RGB canvas; see {@link needsRgbCanvas}. */
  coloured: boolean;
}

/**
 * Writes subtitles as Advanced SubStation Alpha v4.00+, for ffmpeg's `ass` filter. Lines break only at the line
 * breaks of the cues. Every run of text names a font that has its glyphs, because libass has no other fonts and
 * draws an empty box for a missing glyph. A subtitle that would leave the frame gets smaller letters.
 */
export function assDocument(
  cues: readonly Cue[],
  style: CaptionStyle,
  fonts: readonly Font[],
  frameRate: number,
): AssScript {
  const used = new Set<number>();
  const measure = textMeasure(fonts);
  const events = cues.map((cue) => {
    const times = `${timestamp(cue.start, frameRate)},${timestamp(cue.end, frameRate)}`;
    const fitted = styleToFit(cue.text, style, fonts, measure);
    const tags = overrides(cue.text, fitted, fonts);
    const text = styledRuns(directedText(cue.text), fitted, fonts, used);
    return `Dialogue: 0,${times},Default,,0,0,0,,${tags && `{${tags}}`}${text}`;
  });
  // The encoding -1 makes libass lay out each line as a whole, in the direction of its first strong character.
  const alignment = { top: 8, center: 5, bottom: 2, custom: 8 }[style.position];
  const margin = Math.round(edgeMargin(style));
  // BorderStyle 4 is a libass extension: outlined text on one box behind all lines. The shadow offsets set its padding.
  const coloured = needsRgbCanvas(style);
  const background = style.background ?? ([0, 0, 0, 0] as const);
  const box = coloured ? forRgbCanvas(background) : background;
  const text = [
    "[Script Info]",
    "ScriptType: v4.00+",
    `PlayResX: ${style.width}`,
    `PlayResY: ${style.height}`,
    "WrapStyle: 2",
    "ScaledBorderAndShadow: yes",
    "",
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
    `Style: Default,${fonts[0]?.name},${style.fontSize.toFixed(2)},${assColour(style.colour)},${assColour(style.colour)},${assColour(style.stroke.colour)},${assColour(box)},0,0,0,0,100,100,0,0,${style.background ? 4 : 1},${style.stroke.width.toFixed(2)},0,${alignment},0,0,${margin},-1`,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ...events,
    "",
  ].join("\n");
  return { text, fonts: [...used].sort((a, b) => a - b), coloured };
}

/**
 * True if the script must be drawn on a transparent RGB canvas because a colour is not grey. Translucent letters
 * are the exception: on a transparent canvas, FFmpeg blends them wrongly with the outline and box behind them.
 */
function needsRgbCanvas({ colour, stroke, background }: CaptionStyle): boolean {
  const letters = stroke.width > 0 ? [colour, stroke.colour] : [colour];
  const all = background ? [...letters, background] : letters;
  return !all.every(isGrey) && letters.every(([, , , opacity]) => opacity === 1);
}

/**
 * Compensates for FFmpeg, which squares the opacity on a transparent canvas but weights the colour with the plain
 * opacity.
 */
function forRgbCanvas([red, green, blue, opacity]: Colour): Colour {
  const root = Math.sqrt(opacity);
  return [red * root, green * root, blue * root, root];
}

/** The override tags of a subtitle: padding of the box, and the place. */
function overrides(text: string, style: CaptionStyle, fonts: readonly Font[]): string {
  const { x, y } = boxPadding(style);
  const box = style.background ? `\\xshad${x.toFixed(2)}\\yshad${y.toFixed(2)}` : "";
  if (style.position !== "custom") return box;
  return `${box}\\pos(${(style.width / 2).toFixed(1)},${customTop(text, style, fonts).toFixed(1)})`;
}

/** The text with font and size tags per run. An ASS font size measures ascent plus descent; ours is the em size. */
function styledRuns(text: string, style: CaptionStyle, fonts: readonly Font[], used: Set<number>): string {
  const runs = fontRuns(text, fonts).map((run) => {
    const font = fonts[run.font] as Font;
    used.add(run.font);
    const size = (style.fontSize * (font.ascent + font.descent)) / font.unitsPerEm;
    return `{\\fn${font.name}\\fs${size.toFixed(2)}}${escapeText(drawable(run.text, font))}`;
  });
  return runs.join("") + (COMBINING.test(text) && !LETTER_OF_SCRIPT.test(text) ? HIDDEN_LETTER : "");
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
 * `h:mm:ss.cc`. ASS times have hundredths of a second only, so the time is moved half a frame earlier. libass
 * shows a line from the first frame at or after its start.
 */
function timestamp(frame: number, frameRate: number): string {
  const hundredths = Math.round((Math.max(0, frame - 0.5) / frameRate) * 100);
  const part = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(hundredths / 100);
  return `${Math.floor(seconds / 3600)}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}.${part(hundredths % 100)}`;
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
