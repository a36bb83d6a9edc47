import { overhang, styleToFit, textTop } from "../caption-layout.ts";
import type { CaptionStyle } from "../caption-style.ts";
import { lineExtent } from "../fonts/measure-text.ts";
import type { Font } from "../fonts/read-font-file.ts";
import { directed, type ShownText, type Span } from "./shown-text.ts";

/** A line of a text and its place. Lengths are in pixels. */
export interface Line {
  /** With marks of direction. */
  text: string;
  /** Places of the words in this line. Their indexes are those of the whole text's words; see {@link Line.first}. */
  words: readonly Span[];
  /** The index of the line's first word. */
  first: number;
  /** Vertical middle. */
  middle: number;
  baseline: number;
  height: number;
  width: number;
}

/** A text with its size and place in the frame. */
export interface CaptionBlock {
  /** With letters that are small enough for the frame. */
  style: CaptionStyle;
  text: ShownText;
  lines: readonly Line[];
  /** The middle of the text. */
  x: number;
  y: number;
  height: number;
  /** The largest factor by which the text, its outline and its box can grow about the middle inside the frame. */
  maxScale: number;
}

/**
 * Lays out a text.
 *
 * @param measure the width of a line in ems, from `textMeasure`.
 */
export function captionBlock(
  shown: ShownText,
  wanted: CaptionStyle,
  fonts: readonly Font[],
  measure: (line: string) => number,
): CaptionBlock {
  const style = styleToFit(shown.text, wanted, fonts, measure);
  const text = directed(shown);
  const top = textTop(shown.text, style, fonts);
  let bottom = top;
  let from = 0;
  let first = 0;
  const lines = text.text.split("\n").map((line): Line => {
    const extent = lineExtent(line, fonts);
    const height = (extent.ascent + extent.descent) * style.fontSize;
    const to = from + line.length;
    const words = text.words
      .filter((word) => word.to > from && word.from < to)
      .map((word) => ({ from: Math.max(0, word.from - from), to: Math.min(line.length, word.to - from) }));
    const placed = {
      text: line,
      words,
      first,
      middle: bottom + height / 2,
      baseline: bottom + extent.ascent * style.fontSize,
      height,
      width: measure(line) * style.fontSize,
    };
    bottom += height;
    from = to + 1;
    // A word that is cut at the end of the line continues in the next one.
    first = text.words.findIndex((word) => word.to > from);
    return placed;
  });
  const y = (top + bottom) / 2;
  const beyond = overhang(style);
  const halfHeight = (bottom - top) / 2 + beyond.y;
  const halfWidth = Math.max(...lines.map(({ width }) => width)) / 2 + beyond.x;
  const maxScale = Math.max(1, Math.min(y / halfHeight, (style.height - y) / halfHeight, style.width / 2 / halfWidth));
  return { style, text, lines, x: style.width / 2, y, height: bottom - top, maxScale };
}
