import type { VideoRequest } from "../api/video-request.ts";
import { type Colour, readColour } from "./colour.ts";
import { textMeasure } from "./font-choice.ts";
import type { Font } from "./font-file.ts";
import type { Fits } from "./line-breaking.ts";

/** How subtitles look. Lengths in pixels of the video. */
export interface CaptionStyle {
  width: number;
  height: number;
  /** Of the em square, as in CSS. */
  fontSize: number;
  colour: Colour;
  /** The box behind the text; null for none. */
  background: Colour | null;
  stroke: { colour: Colour; width: number };
  position: VideoRequest["subtitle_position"];
  /** Where the text block stands at position `custom`: 0 is at the top, 100 at the bottom. */
  customPosition: number;
}

/** The frame's shorter side that sizes in a request are meant for, in pixels. */
const REFERENCE_SIDE = 1080;
/** How much of the frame's width lines may take. */
const LINE_SHARE = 0.9;
/** Padding of the background box, in ems. */
export const BOX_PADDING = { x: 0.4, y: 0.12 } as const;

type StyleFields = Pick<
  VideoRequest,
  | "font_size"
  | "text_fore_color"
  | "text_background_color"
  | "stroke_color"
  | "stroke_width"
  | "subtitle_position"
  | "custom_position"
>;

/** The look a request asks for, at the size of its frame. */
export function captionStyle(request: StyleFields, frame: { width: number; height: number }): CaptionStyle {
  const scale = Math.min(frame.width, frame.height) / REFERENCE_SIDE;
  const background = request.text_background_color;
  return {
    ...frame,
    fontSize: request.font_size * scale,
    colour: colour(request.text_fore_color),
    background: background === false ? null : colour(background === true ? "#000000" : background),
    stroke: { colour: colour(request.stroke_color), width: request.stroke_width * scale },
    position: request.subtitle_position,
    customPosition: request.custom_position,
  };
}

/** Whether a line of these fonts fits into the frame in this style. */
export function lineFits(style: CaptionStyle, fonts: readonly Font[]): Fits {
  const box = style.background ? 2 * BOX_PADDING.x * style.fontSize : 0;
  const room = style.width * LINE_SHARE - box - 2 * style.stroke.width;
  const measure = textMeasure(fonts);
  return (line) => measure(line) * style.fontSize <= room;
}

/** Colours were checked with the request. */
function colour(text: string): Colour {
  const read = readColour(text);
  if (!read) throw new RangeError(`${JSON.stringify(text)} is no colour`);
  return read;
}
