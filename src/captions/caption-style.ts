import { CodedError } from "../api/errors.ts";
import { COLOUR_FORM, type VideoRequest } from "../api/video-request.ts";
import { type Colour, readColour } from "./colour.ts";

/** How subtitles look. Lengths are in pixels of the video. */
export interface CaptionStyle {
  width: number;
  height: number;
  /** Height of the em square, as in CSS. */
  fontSize: number;
  colour: Colour;
  /** Colour of the box behind the text, or null for no box. */
  background: Colour | null;
  stroke: { colour: Colour; width: number };
  position: VideoRequest["subtitle_position"];
  /** Vertical place of the text block when `position` is `custom`: 0 is the top, 100 the bottom. */
  customPosition: number;
}

/** Sizes in a request are meant for a frame whose shorter side has this many pixels. */
const REFERENCE_SIDE_PIXELS = 1080;
/** Max size of letters, as a share of the frame's height: two lines fit. */
const MAX_FONT_SIZE_SHARE = 0.3;

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

/** Converts a request's style fields to pixels of the frame. */
export function captionStyle(request: StyleFields, frame: { width: number; height: number }): CaptionStyle {
  const scale = Math.min(frame.width, frame.height) / REFERENCE_SIDE_PIXELS;
  const background = request.text_background_color;
  return {
    ...frame,
    fontSize: Math.min(request.font_size * scale, frame.height * MAX_FONT_SIZE_SHARE),
    colour: colour(request.text_fore_color),
    background: background === false ? null : colour(background === true ? "#000000" : background),
    stroke: { colour: colour(request.stroke_color), width: request.stroke_width * scale },
    position: request.subtitle_position,
    customPosition: request.custom_position,
  };
}

/**
 * Checks that the colours of a request are CSS colours. The request's schema checks only their form.
 *
 * @throws CodedError `invalid_request` naming the field.
 */
export function checkColours(
  request: Pick<StyleFields, "text_fore_color" | "text_background_color" | "stroke_color">,
): void {
  for (const field of ["text_fore_color", "text_background_color", "stroke_color"] as const) {
    const value = request[field];
    if (typeof value === "string" && !readColour(value)) {
      throw new CodedError(
        "invalid_request",
        `${field}: must be ${field === "text_background_color" ? "true, false or " : ""}${COLOUR_FORM}`,
      );
    }
  }
}

/** Parses a colour that request validation has already accepted. */
function colour(text: string): Colour {
  const read = readColour(text);
  if (!read) throw new RangeError(`${JSON.stringify(text)} is not a colour`);
  return read;
}
