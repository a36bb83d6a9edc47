import type { CaptionStyle } from "./caption-style.ts";
import { lineHeight } from "./fonts/measure-text.ts";
import type { Font } from "./fonts/read-font-file.ts";

/** Padding of the background box, in ems. */
const BOX_PADDING = { x: 0.4, y: 0.12 } as const;
/** Padding of the box behind the spoken word at its sides, in ems. */
const WORD_BOX_PADDING = 0.16;
/** Max width of a text block, as a share of the frame's width. */
const MAX_WIDTH_SHARE = 0.9;
/** Distance between the text block and the frame's edge at `top` and `bottom`, as a share of the frame's height. */
const EDGE_DISTANCE_SHARE = 0.05;

/** Space between the text and the edge of its box, in pixels; 0 without a box. */
export function boxPadding({ background, fontSize }: CaptionStyle): { x: number; y: number } {
  if (!background) return { x: 0, y: 0 };
  return { x: BOX_PADDING.x * fontSize, y: BOX_PADDING.y * fontSize };
}

/** How far the box of the spoken word reaches beyond its letters at the sides, in pixels; 0 without such a box. */
export function wordBoxPadding({ highlight, mode, fontSize, stroke }: CaptionStyle): number {
  if (highlight.background === null || (mode !== "karaoke" && mode !== "reveal")) return 0;
  return WORD_BOX_PADDING * fontSize + stroke.width / 2;
}

/** How far boxes and outline reach beyond the text, in pixels. libass puts the box around the outline. */
export function overhang(style: CaptionStyle): { x: number; y: number } {
  const { x, y } = boxPadding(style);
  const outline = style.stroke.width + style.stroke.blur;
  return { x: Math.max(x + outline, wordBoxPadding(style)), y: y + outline };
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
  const padding = boxPadding(style);
  const outline = overhang({ ...style, background: null });
  // Boxes shrink with the letters, an outline does not.
  const wordBox = Math.max(0, wordBoxPadding(style) - padding.x - outline.y);
  const free = style.width * MAX_WIDTH_SHARE - 2 * outline.y;
  const freeHeight = style.height * (1 - 2 * EDGE_DISTANCE_SHARE) - 2 * outline.y;
  const share = Math.min(
    free / (widest + 2 * (padding.x + wordBox)),
    freeHeight / (textHeight(text, style, fonts) + 2 * padding.y),
  );
  return share < 1 ? { ...style, fontSize: style.fontSize * share } : style;
}

/** The distance of a subtitle's text from the frame's edge at `top` and `bottom`, in pixels. */
export function edgeMargin(style: CaptionStyle): number {
  return style.height * EDGE_DISTANCE_SHARE + boxPadding(style).y;
}

/** Where the first line of a subtitle begins, in pixels from the top of the frame. */
export function textTop(text: string, style: CaptionStyle, fonts: readonly Font[]): number {
  const height = textHeight(text, style, fonts);
  const { y } = overhang(style);
  const free = style.height - height - 2 * y;
  switch (style.position) {
    case "top":
      return edgeMargin(style);
    case "center":
      return (style.height - height) / 2;
    case "bottom":
      return style.height - edgeMargin(style) - height;
    case "two_thirds_bottom":
      return free / 3 + y;
    case "custom":
      return (free * style.customPosition) / 100 + y;
  }
}
