import { lineBreaks } from "../text/line-breaks.ts";
import { wordSpans } from "../text/word-spans.ts";
import { baseDirection, partOfParagraph } from "./base-direction.ts";
import { maxLineWidth, textHeight } from "./caption-layout.ts";
import type { CaptionStyle } from "./caption-style.ts";
import { capitals } from "./drawing/uppercase.ts";
import { textMeasure } from "./fonts/measure-text.ts";
import type { Font } from "./fonts/read-font-file.ts";
import type { TimedText } from "./read-subtitle-file.ts";
import { splitScript } from "./split-script.ts";
import { speechLength } from "./timing/speech-length.ts";
import { type LineFits, wrapText } from "./wrap-lines.ts";

/** A long word or cue is drawn with letters down to this size, in pixels of a frame whose shorter side is 1080. */
const MIN_FONT_SIZE = 36;
/** A cue of a subtitle file that is higher than this share of the frame is made shorter. */
const MAX_HEIGHT_SHARE = 0.5;
/** A part of a cue is shown for at least this time. */
const MIN_PART_SECONDS = 0.7;
/** How much smaller letters get from one try to the next. */
const SIZE_STEP = 0.9;
/** A longer text gets the smallest letters without trying others, because each try takes time. */
const MAX_TRIED_LENGTH = 2000;

/** Without these characters, a text has no place for a line break. */
const MAY_BREAK =
  /[\s\u200b\p{Pd}\u05be\u0f0b\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** A text that surely has a place for a line break. Finding that out in full takes longer. */
const MANY_WORDS =
  /(?:\S+\s+){4}\S|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]{12}/u;

/**
 * Returns a function that tells whether a line of text, drawn with these fonts and this style, fits the frame's width.
 * A text without a place for a line break, such as a URL, also fits if it does with smaller letters, because cutting it
 * would read worse. A line with more words than the style allows does not fit.
 */
export function lineFits(style: CaptionStyle, fonts: readonly Font[]): LineFits {
  const measure = textMeasure(fonts);
  const smallest = { ...style, fontSize: smallestFontSize(style) };
  const drawn = (line: string) => (style.capitals === null ? line : capitals(line, style.capitals, fonts));
  const fits = (line: string, look: CaptionStyle) => measure(drawn(line)) * look.fontSize <= maxLineWidth(look);
  const max = style.maxWordsPerLine ?? Number.POSITIVE_INFINITY;
  const isShort = (line: string) => max === Number.POSITIVE_INFINITY || wordSpans(line).length <= max;
  return (line) => (fits(line, style) && isShort(line)) || (fits(line, smallest) && isUnbreakable(line));
}

function isUnbreakable(line: string): boolean {
  return !MAY_BREAK.test(line) || (!MANY_WORDS.test(line) && lineBreaks(line, "und").length === 0);
}

/**
 * Breaks a cue of a subtitle file into lines. If the lines would cover more than half of the frame, the cue becomes
 * shorter cues one after the other. If there is no time for these, the cue gets longer lines, which are drawn with
 * smaller letters.
 *
 * @param language BCP 47 tag. "und" if unknown.
 */
export function fitCue(cue: TimedText, style: CaptionStyle, fonts: readonly Font[], language: string): TimedText[] {
  const wrap = (look: CaptionStyle) => wrapText(cue.text, lineFits(look, fonts), language);
  const low = (text: string, look: CaptionStyle) =>
    text.split("\n").length <= 2 || textHeight(text, look, fonts) <= style.height * MAX_HEIGHT_SHARE;
  let text = wrap(style);
  if (low(text, style)) return [{ ...cue, text }];
  const direction = baseDirection(cue.text);
  const subtitles = splitScript(cue.text, lineFits(style, fonts), language);
  const parts = shareTime(
    cue,
    subtitles.map(({ shown }) => partOfParagraph(shown, direction)),
  );
  if (parts.every(({ start, end }) => end - start >= MIN_PART_SECONDS)) return parts;
  const smallest = smallestFontSize(style);
  for (let look = style; look.fontSize > smallest && !low(text, look); ) {
    const smaller = cue.text.length > MAX_TRIED_LENGTH ? smallest : look.fontSize * SIZE_STEP;
    look = { ...look, fontSize: Math.max(smallest, smaller) };
    text = wrap(look);
  }
  return [{ ...cue, text }];
}

/** Shows texts one after the other during a cue, each for as long as it takes to say. */
function shareTime({ start, end }: TimedText, texts: readonly string[]): TimedText[] {
  const total = texts.reduce((sum, text) => sum + speechLength(text), 0);
  let spoken = 0;
  const time = () => start + ((end - start) * spoken) / total;
  return texts.map((text) => {
    const begin = time();
    spoken += speechLength(text);
    return { start: begin, end: time(), text };
  });
}

function smallestFontSize({ width, height, fontSize }: CaptionStyle): number {
  return Math.min(fontSize, (MIN_FONT_SIZE * Math.min(width, height)) / 1080);
}
