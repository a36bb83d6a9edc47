import { CodedError } from "../api/errors.ts";
import {
  COLOUR_FORM,
  type SubtitleAnimation,
  type SubtitleDisplayMode,
  type SubtitlePosition,
} from "../api/fields/subtitles.ts";
import type { VideoRequest } from "../api/video-request.ts";
import { knownLanguage } from "../util/language-tag.ts";
import { type Colour, readColour } from "./colour.ts";
import { capitalsLanguage } from "./drawing/uppercase.ts";

/** How subtitles look. Lengths are in pixels of the video. */
export interface CaptionStyle {
  width: number;
  height: number;
  /** Height of the em square, as in CSS. */
  fontSize: number;
  colour: Colour;
  /** Colour of the box behind the text, or null for no box. */
  background: Colour | null;
  /** True if boxes have rounded corners. */
  rounded: boolean;
  /** The outline. `blur` is how far its edge is softened. */
  stroke: { colour: Colour; width: number; blur: number };
  mode: SubtitleDisplayMode;
  animation: SubtitleAnimation;
  /** How the spoken word stands out. `colour` is null for that of the text; `fill` is true if words fill with it. */
  highlight: { colour: Colour | null; background: Colour | null; fill: boolean };
  maxWordsPerLine: number | null;
  /** The language (BCP 47 tag, or "und") by whose rules the text is drawn in capital letters; null to keep its letters. */
  capitals: string | null;
  position: SubtitlePosition;
  /** Vertical place of the text block when `position` is `custom`: 0 is the top, 100 the bottom. */
  customPosition: number;
}

/** Sizes in a request are meant for a frame whose shorter side has this many pixels. */
const REFERENCE_SIDE_PIXELS = 1080;
/** Max size of letters, as a share of the frame's height: two lines fit. */
const MAX_FONT_SIZE_SHARE = 0.3;

/** The colour of the spoken word in karaoke, if the request gives none. */
const KARAOKE_COLOUR = "#FFDD00";

type StyleFields = Pick<
  VideoRequest,
  | "video_script"
  | "video_language"
  | "subtitle_display_mode"
  | "subtitle_animation"
  | "highlight_color"
  | "highlight_background"
  | "karaoke_fill"
  | "max_words_per_line"
  | "uppercase"
  | "rounded_subtitle_background"
  | "stroke_blur"
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
  const highlight = request.highlight_color ?? (request.subtitle_display_mode === "karaoke" ? KARAOKE_COLOUR : null);
  const language = capitalsLanguage(knownLanguage(request.video_language), request.video_script);
  return {
    ...frame,
    fontSize: Math.min(request.font_size * scale, frame.height * MAX_FONT_SIZE_SHARE),
    colour: colour(request.text_fore_color),
    background: boxColour(request.text_background_color),
    rounded: request.rounded_subtitle_background,
    stroke: {
      colour: colour(request.stroke_color),
      width: request.stroke_width * scale,
      blur: request.stroke_blur * scale,
    },
    mode: request.subtitle_display_mode,
    animation: request.subtitle_animation,
    highlight: {
      colour: highlight === null ? null : colour(highlight),
      background: boxColour(request.highlight_background),
      fill: request.karaoke_fill,
    },
    maxWordsPerLine: request.max_words_per_line,
    capitals: request.uppercase ? language : null,
    position: request.subtitle_position,
    customPosition: request.custom_position,
  };
}

const COLOUR_FIELDS = [
  "text_fore_color",
  "text_background_color",
  "stroke_color",
  "highlight_color",
  "highlight_background",
] as const;

/**
 * Checks that the colours of a request are CSS colours. The request's schema checks only their form.
 *
 * @throws CodedError `invalid_request` naming the field.
 */
export function checkColours(request: Pick<StyleFields, (typeof COLOUR_FIELDS)[number]>): void {
  for (const field of COLOUR_FIELDS) {
    const value = request[field];
    if (typeof value === "string" && !readColour(value)) {
      const box = field === "text_background_color" || field === "highlight_background";
      throw new CodedError("invalid_request", `${field}: must be ${box ? "true, false or " : ""}${COLOUR_FORM}`);
    }
  }
}

/** The colour of a box as a request gives it; null for no box. */
function boxColour(given: boolean | string): Colour | null {
  return given === false ? null : colour(given === true ? "#000000" : given);
}

/** Parses a colour that request validation has already accepted. */
function colour(text: string): Colour {
  const read = readColour(text);
  if (!read) throw new RangeError(`${JSON.stringify(text)} is not a colour`);
  return read;
}
