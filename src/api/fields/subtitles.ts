import { z } from "zod";
import { subtitlePresetIds } from "../subtitle-presets.ts";
import { fileName } from "./file-name.ts";

/** The fields of a request for videos that say what subtitles look like. */

/** How much of a subtitle is shown at a time, and how the spoken word stands out. */
export const subtitleDisplayModes = ["sentence", "word_by_word", "karaoke", "reveal"] as const;
export type SubtitleDisplayMode = (typeof subtitleDisplayModes)[number];

/** How a subtitle appears. */
export const subtitleAnimations = ["none", "pop_spring", "fade"] as const;
export type SubtitleAnimation = (typeof subtitleAnimations)[number];

/** Where subtitles are in the frame. */
export const subtitlePositions = ["top", "center", "bottom", "two_thirds_bottom", "custom"] as const;
export type SubtitlePosition = (typeof subtitlePositions)[number];

/** The forms of a colour, for error messages. */
export const COLOUR_FORM = "a colour (#RRGGBB, #RRGGBBAA or a CSS name)";
/** Matches hexadecimal colours, `rgb()` and `rgba()`, and any name. captions/caption-style.ts checks whether a name exists. */
const CSS_COLOUR = /^\s*(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]+|rgba?\([^()]*\))\s*$/i;
const colour = z
  .string()
  .max(64)
  .regex(CSS_COLOUR, { error: `must be ${COLOUR_FORM}` })
  .meta({ example: "#FFFFFF" });

/** Words for no box. */
const NO_BOX = new Set(["", "transparent", "none"]);

/** The colour of a box: true for black, false for no box. Null counts as no value. */
function boxColour(usual: boolean) {
  return z
    .union([z.boolean(), z.literal(""), colour], { error: `must be true, false or ${COLOUR_FORM}` })
    .nullish()
    .transform((given): boolean | string =>
      typeof given === "string" && NO_BOX.has(given.trim().toLowerCase()) ? false : (given ?? usual),
    )
    .default(usual);
}

/** One of several names; null and empty text count as the default, as MoneyPrinterTurbo has it. */
function choice<const Names extends readonly [string, ...string[]]>(names: Names, usual: Names[number]) {
  const error = `must be ${names.map((name) => JSON.stringify(name)).join(", ")}`;
  return z
    .union([z.enum(names), z.literal("")], { error })
    .nullish()
    .transform((given): Names[number] => given || usual);
}

/** True or false; null counts as false. */
const flag = z
  .boolean()
  .nullish()
  .transform((given) => given ?? false)
  .default(false);

/** A colour, or null; empty text counts as null. */
const optionalColour = z
  .union([colour, z.literal("")], { error: `must be ${COLOUR_FORM}` })
  .nullish()
  .transform((given) => given || null);

export const subtitleFields = {
  subtitle_enabled: z.boolean().default(true).meta({
    description: "Whether to draw subtitles into `final-N.mp4`, and to write SRT and VTT files.",
  }),
  subtitle_file: fileName.meta({
    description:
      "The name of an uploaded SRT or VTT file, or an https URL. It is shown at its own times instead of `video_script`. Not in MoneyPrinterTurbo.",
  }),
  subtitle_preset: z
    .union([z.enum(subtitlePresetIds), z.literal("")], {
      error: "must be the id of one of GET /api/v1/subtitle-presets",
    })
    .nullish()
    .transform((preset) => preset || null)
    .meta({
      description:
        "A named look from `GET /api/v1/subtitle-presets`: values for the other fields of subtitles. A field that the request gives itself wins. Not in MoneyPrinterTurbo.",
    }),
  subtitle_display_mode: choice(subtitleDisplayModes, "sentence").meta({
    description:
      "`sentence` shows each subtitle as a whole, `word_by_word` one word at a time. `karaoke` shows each subtitle as a whole and highlights the spoken word, `reveal` shows each word when it is spoken and keeps it. `karaoke` and `reveal` are not in MoneyPrinterTurbo.",
  }),
  subtitle_animation: choice(subtitleAnimations, "none").meta({
    description:
      "How a subtitle appears, or a single word in the modes `word_by_word` and `reveal`: `pop_spring` lets it spring up within 0.18 s, `fade` fades it in and out. `fade` is not in MoneyPrinterTurbo.",
  }),
  highlight_color: optionalColour.meta({
    description:
      "Colour of the spoken word in the modes `karaoke` (default: #FFDD00) and `reveal` (default: no highlight). Not in MoneyPrinterTurbo.",
    example: "#FFDD00",
  }),
  highlight_background: boxColour(false).meta({
    description:
      "Colour of a box behind the spoken word in the modes `karaoke` and `reveal`; `true` is black, `false` is no box. Not in MoneyPrinterTurbo.",
  }),
  karaoke_fill: flag.meta({
    description:
      "In the mode `karaoke`, whether words fill with `highlight_color` while they are spoken and keep it. Not in MoneyPrinterTurbo.",
  }),
  max_words_per_line: z
    .int()
    .min(1)
    .max(20)
    .nullish()
    .transform((given) => given ?? null)
    .meta({ description: "Max words in a line of a subtitle; null for as many as fit. Not in MoneyPrinterTurbo." }),
  uppercase: flag.meta({
    description:
      "Whether to draw subtitles in capital letters, by the rules of `video_language`. Subtitle files keep the text as it is. Not in MoneyPrinterTurbo.",
  }),
  subtitle_position: choice(subtitlePositions, "bottom").meta({
    description:
      "`two_thirds_bottom` is two thirds of the way from the bottom to the top. `custom` uses `custom_position`.",
  }),
  custom_position: z.number().min(0).max(100).default(70).meta({
    description: "Where subtitles are if `subtitle_position` is `custom`: 0 is the top of the frame, 100 the bottom.",
  }),
  font_name: z
    .string()
    .max(1024)
    .nullish()
    .transform((name) => name ?? "")
    .meta({
      description:
        "The name of an uploaded or bundled font, from `GET /api/v1/fonts`. If empty, a bundled font for the text's writing system is used.",
    }),
  font_size: z.number().min(8).max(400).default(60).meta({
    description:
      "Height of the font's em square, in pixels of a frame whose shorter side is 1080. It is scaled to other frame sizes. Letters are smaller if a subtitle would otherwise leave the frame.",
  }),
  text_fore_color: colour.default("#FFFFFF"),
  text_background_color: boxColour(false).meta({
    description:
      'Colour of the box behind the text; `true` is black. `false`, `"transparent"`, `"none"` and `""` are no box.',
  }),
  rounded_subtitle_background: flag.meta({
    description:
      "Whether the boxes behind the text and behind the spoken word have rounded corners. No effect without a box.",
  }),
  stroke_color: colour.default("#000000"),
  stroke_width: z.number().min(0).max(40).default(1.5).meta({
    description: "Width of the outline on each side of a stroke, in pixels of a frame whose shorter side is 1080.",
  }),
  stroke_blur: z
    .number()
    .min(0)
    .max(20)
    .nullish()
    .transform((given) => given ?? 0)
    .default(0)
    .meta({
      description:
        "How far the outline is blurred, in pixels of a frame whose shorter side is 1080: a glow, or a soft shadow. Not in MoneyPrinterTurbo.",
    }),
};
