import { z } from "zod";

interface SubtitlePreset {
  name: string;
  description: string;
  /** Values for fields of a request. A test checks them against its schema. */
  fields: Readonly<Record<string, string | number | boolean>>;
}

/** A look that is readable on every picture: outlined letters without a box. */
const OUTLINED = { text_fore_color: "#FFFFFF", text_background_color: false, stroke_color: "#000000" } as const;

/** Named looks of subtitles: values for fields of a request. */
export const subtitlePresets = {
  classic: {
    name: "Classic",
    description: "White sentences with a black outline at the bottom.",
    fields: { ...OUTLINED, font_size: 60, stroke_width: 4 },
  },
  bold_highlight: {
    name: "Bold highlight",
    description: "Heavy white capitals with a thick outline; the spoken word is yellow.",
    fields: {
      font_name: "Montserrat-ExtraBold.ttf",
      ...OUTLINED,
      ...{ subtitle_display_mode: "karaoke", highlight_color: "#FFE500", max_words_per_line: 4, uppercase: true },
      ...{ font_size: 84, stroke_width: 9, subtitle_position: "custom", custom_position: 68 },
    },
  },
  boxed_word: {
    name: "Boxed word",
    description: "White letters; a rounded violet box moves from word to word.",
    fields: {
      font_name: "Poppins-Bold.ttf",
      ...OUTLINED,
      ...{ subtitle_display_mode: "karaoke", highlight_color: "#FFFFFF", highlight_background: "#7C3AED" },
      ...{ rounded_subtitle_background: true, max_words_per_line: 4 },
      ...{ font_size: 76, stroke_width: 5, subtitle_position: "custom", custom_position: 68 },
    },
  },
  karaoke_fill: {
    name: "Karaoke fill",
    description: "Words fill with colour while they are spoken, as in karaoke.",
    fields: {
      font_name: "Montserrat-Bold.ttf",
      ...OUTLINED,
      ...{ subtitle_display_mode: "karaoke", karaoke_fill: true, highlight_color: "#22D3EE" },
      ...{ font_size: 72, stroke_width: 6, stroke_color: "#0B1F3A" },
    },
  },
  big_pop: {
    name: "Big pop",
    description: "One huge word at a time in capitals springs up in the middle of the frame.",
    fields: {
      font_name: "Anton-Regular.ttf",
      ...OUTLINED,
      ...{ subtitle_display_mode: "word_by_word", subtitle_animation: "pop_spring", uppercase: true },
      ...{ text_fore_color: "#FFE500", font_size: 130, stroke_width: 12, subtitle_position: "center" },
    },
  },
  clean_minimal: {
    name: "Clean minimal",
    description: "Small white letters with a soft shadow that fade in and out.",
    fields: {
      ...OUTLINED,
      subtitle_animation: "fade",
      font_size: 48,
      stroke_color: "#000000B0",
      stroke_width: 3,
      stroke_blur: 4,
    },
  },
  soft_box: {
    name: "Soft box",
    description: "White letters on a translucent black box with rounded corners.",
    fields: {
      ...{ text_fore_color: "#FFFFFF", text_background_color: "#000000A6", rounded_subtitle_background: true },
      ...{ stroke_width: 0, font_size: 56, subtitle_animation: "fade" },
    },
  },
  news_bar: {
    name: "News bar",
    description: "White letters on a solid blue bar; the words appear as they are spoken.",
    fields: {
      font_name: "Poppins-Bold.ttf",
      ...{ text_fore_color: "#FFFFFF", text_background_color: "#0B3D91", stroke_width: 0 },
      ...{ subtitle_display_mode: "reveal", font_size: 54 },
    },
  },
  neon: {
    name: "Neon",
    description: "Glowing pink letters; the spoken word lights up in white.",
    fields: {
      font_name: "BebasNeue-Regular.ttf",
      ...{
        text_fore_color: "#FF9BE8",
        text_background_color: false,
        stroke_color: "#FF00C8",
        stroke_width: 5,
        stroke_blur: 6,
      },
      ...{ subtitle_display_mode: "karaoke", highlight_color: "#FFFFFF", font_size: 76 },
      ...{ subtitle_position: "custom", custom_position: 72 },
    },
  },
  handwritten: {
    name: "Handwritten",
    description: "Cream letters as written by hand that appear word by word.",
    fields: {
      font_name: "Charm-Bold.ttf",
      ...OUTLINED,
      ...{ text_fore_color: "#FFF4D6", subtitle_display_mode: "reveal", subtitle_animation: "fade" },
      ...{ font_size: 84, stroke_color: "#3B2A1A", stroke_width: 4, subtitle_position: "two_thirds_bottom" },
    },
  },
  comic: {
    name: "Comic",
    description: "Slanted yellow capitals as in comics; the words jump up as they are spoken, the spoken one is white.",
    fields: {
      ...OUTLINED,
      ...{ font_name: "Bangers-Regular.ttf", text_fore_color: "#FFD400", highlight_color: "#FFFFFF", uppercase: true },
      ...{ subtitle_display_mode: "reveal", subtitle_animation: "pop_spring", max_words_per_line: 4 },
      ...{ font_size: 96, stroke_width: 9, subtitle_position: "custom", custom_position: 70 },
    },
  },
} as const satisfies Record<string, SubtitlePreset>;

export type SubtitlePresetId = keyof typeof subtitlePresets;
export const subtitlePresetIds = Object.keys(subtitlePresets) as [SubtitlePresetId, ...SubtitlePresetId[]];

export function subtitlePreset(id: SubtitlePresetId): SubtitlePreset {
  return subtitlePresets[id];
}

/** A preset in the list of `GET /api/v1/subtitle-presets`. */
export const subtitlePresetDataSchema = z
  .strictObject({
    id: z.enum(subtitlePresetIds),
    name: z.string(),
    description: z.string(),
    fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).meta({
      description: "Values for fields of `POST /api/v1/videos`. A field that the request gives itself wins.",
    }),
    picture: z.string().meta({ description: "Path of a picture of the look (WebP) at this service." }),
  })
  .meta({ id: "SubtitlePreset" });

/**
 * Adds the fields of the preset that a request names. A field that the request gives itself wins, unless it is null or
 * empty text.
 *
 * @param body the request's body, before it is parsed.
 */
export function withPresetFields(body: object): object {
  const given = Object.entries(body);
  const id = subtitlePresetIds.find((known) => known === given.find(([field]) => field === "subtitle_preset")?.[1]);
  if (!id) return body;
  const { fields } = subtitlePresets[id];
  const own = given.filter(([field, value]) => !(field in fields) || (value !== null && value !== ""));
  return { ...fields, ...Object.fromEntries(own) };
}
