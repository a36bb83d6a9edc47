import type { CaptionStyle } from "./caption-style.ts";
import { lineHeight } from "./fonts/measure-text.ts";
import type { Font } from "./fonts/read-font-file.ts";

/** Padding of the background box, in ems. */
const BOX_PADDING = { x: 0.4, y: 0.12 } as const;
/** Max width of a text block, as a share of the frame's width. */
const MAX_WIDTH_SHARE = 0.9;
/** Distance between the text block and the frame's edge at `top` and `bottom`, as a share of the frame's height. */
const EDGE_DISTANCE_SHARE = 0.05;

/** Space between the text and the edge of its box, in pixels; 0 without a box. */
export function boxPadding({ background, fontSize }: CaptionStyle): { x: number; y: number } {
  if (!background) return { x: 0, y: 0 };
  return { x: BOX_PADDING.x * fontSize, y: BOX_PADDING.y * fontSize };
}

/** How far box and outline reach beyond the text, in pixels. libass puts the box around the outline. */
function overhang(style: CaptionStyle): { x: number; y: number } {
  const { x, y } = boxPadding(style);
  return { x: x + style.stroke.width, y: y + style.stroke.width };
}

/** Max width of a line of text in pixels, so that its outline and box are inside the frame with some space beside. */
export function maxLineWidth(style: CaptionStyle): number {
  return style.width * MAX_WIDTH_SHARE - 2 * overhang(style).x;
}

/** Height of the lines of a subtitle in pixels, without its box. */
export function textHeight(text: string, style: CaptionStyle, fonts: readonly Font[]): number {
  return text.split("\n").reduce((sum, line) => sum + lineHeight(line, fonts) * style.fontSize, 0);
}

/**
 * The style for one subtitle. Its letters are smaller if the lines would otherwise leave the frame.
 *
 * @param measure the width of a line in ems, from `textMeasure`.
 */
export function styleToFit(
  text: string,
  style: CaptionStyle,
  fonts: readonly Font[],
  measure: (line: string) => number,
): CaptionStyle {
  const widest = Math.max(...text.split("\n").map(measure)) * style.fontSize;
  const free = style.width * MAX_WIDTH_SHARE - 2 * style.stroke.width;
  const freeHeight = style.height * (1 - 2 * EDGE_DISTANCE_SHARE) - 2 * style.stroke.width;
  const { x, y } = boxPadding(style);
  const share = Math.min(free / (widest + 2 * x), freeHeight / (textHeight(text, style, fonts) + 2 * y));
  return share < 1 ? { ...style, fontSize: style.fontSize * share } : style;
}

/** The distance of a subtitle's text from the frame's edge at `top` and `bottom`, in pixels. */
export function edgeMargin(style: CaptionStyle): number {
  return style.height * EDGE_DISTANCE_SHARE + boxPadding(style).y;
}

/** Vertical place of a subtitle at `custom_position`: where its first line begins, in pixels from the top. */
export function customTop(text: string, style: CaptionStyle, fonts: readonly Font[]): number {
  const { y } = overhang(style);
  const block = textHeight(text, style, fonts) + 2 * y;
  return (style.height - block) * (style.customPosition / 100) + y;
}
