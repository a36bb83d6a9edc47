import { z } from "zod";
import { videoFits } from "../render/protocol.ts";

/**
 * The body of `POST /api/v1/videos`, with the field names of MoneyPrinterTurbo. A field that this
 * version cannot honour is known by name and accepted only at its default, so that nothing asked
 * for is left undone in silence.
 */

const unsupported = <T extends string | number | boolean | null>(value: T, meaning: string) =>
  z
    .literal(value, { error: `is not supported yet: leave it out or set it to ${JSON.stringify(value)}` })
    .default(value as never)
    .meta({ description: `${meaning} Not supported yet.` });

/** Width to height. */
export const aspects = ["16:9", "9:16", "1:1", "3:4"] as const;
export type VideoAspect = (typeof aspects)[number];

const transitionModes = ["Shuffle", "FadeIn", "FadeOut", "SlideIn", "SlideOut"] as const;
/** How each clip begins or ends; null for a plain cut. */
export type VideoTransitionMode = (typeof transitionModes)[number] | null;

const materialSchema = z.strictObject({
  provider: z.literal("local", { error: 'only "local" is supported' }).default("local"),
  url: z.string().min(1, "must name an uploaded file").max(1024).meta({
    description: "The name of an uploaded file, as `POST /api/v1/video_materials` answered it in `file`.",
    example: "beach.mp4",
  }),
  duration: z.number().min(0).max(86_400).default(0).meta({
    description: "Seconds of this material to show at most; 0 leaves it to `video_clip_duration`.",
  }),
});

export const videoRequestSchema = z
  .strictObject({
    video_subject: z.string().max(500).default("").meta({ description: "A title, kept with the task." }),
    video_script: z.string().max(20_000).default("").meta({ description: "The words shown as subtitles." }),
    video_source: z
      .literal("local", { error: 'only "local" is supported yet: upload files and name them in video_materials' })
      .default("local"),
    video_materials: z
      .array(materialSchema, { error: "must be a list of {provider, url, duration}" })
      .min(1, "must name at least one uploaded file")
      .max(100),
    video_aspect: z.enum(aspects).default("9:16"),
    video_concat_mode: z.enum(["random", "sequential"]).default("random").meta({
      description:
        "`sequential` keeps the order of `video_materials`; `random` shuffles clips, the same way each time for one task.",
    }),
    video_transition_mode: z
      .enum([...transitionModes, "None", ""])
      .nullish()
      .transform((mode): VideoTransitionMode => (mode === "None" || !mode ? null : mode))
      .meta({
        description:
          "How each clip begins (`FadeIn` from black, `SlideIn` from a side chosen by chance) or ends (`FadeOut`, `SlideOut`), " +
          "for a second or the clip's length; `Shuffle` chooses one for each clip, the same way each time for one task. " +
          "None where it is left out or null. Lengths stay as they are.",
      }),
    video_fit: z
      .enum(videoFits)
      .default("cover")
      .meta({
        description:
          "How a picture of another shape is put into the frame: `cover` fills it and cuts off what is too much, " +
          "`contain` shows all of it between black bars, `blur` shows all of it over a blurred copy.",
      }),
    video_clip_duration: z
      .number()
      .min(0.5)
      .max(600)
      .default(5)
      .meta({ description: "Longest time one clip is shown, in seconds." }),
    video_count: z.int().min(1).max(10).default(1).meta({ description: "How many different videos to make." }),
    custom_audio_file: z
      .string()
      .max(1024)
      .nullish()
      .transform((name) => name || null)
      .meta({
        description: "The name of an uploaded audio file, used as narration. Its length becomes the video's.",
      }),
    subtitle_enabled: z
      .boolean()
      .default(true)
      .meta({ description: "Burn `video_script` in, timed over the video by its words." }),

    video_terms: unsupported(null, "Search terms for stock footage."),
    video_language: unsupported("", "Language of a script to be written."),
    voice_name: unsupported("", "Voice for speech synthesis."),
    voice_volume: unsupported(1, "Loudness of the narration."),
    voice_rate: unsupported(1, "Speed of speech synthesis."),
    bgm_type: unsupported("", "Background music."),
    bgm_file: unsupported("", "Background music file."),
    bgm_volume: unsupported(0.2, "Loudness of the background music."),
    subtitle_position: unsupported("bottom", "Where subtitles stand."),
    custom_position: unsupported(70, "Height of subtitles at position `custom`, in per cent."),
    font_name: unsupported("", "Subtitle font."),
    font_size: unsupported(60, "Subtitle size."),
    text_fore_color: unsupported("#FFFFFF", "Subtitle colour."),
    text_background_color: unsupported(true, "Subtitle background."),
    stroke_color: unsupported("#000000", "Subtitle outline colour."),
    stroke_width: unsupported(1.5, "Subtitle outline width."),
    n_threads: unsupported(2, "Threads of the renderer."),
    paragraph_number: unsupported(1, "Paragraphs of a script to be written."),
  })
  .meta({ id: "VideoRequest" });

export type VideoRequest = z.output<typeof videoRequestSchema>;
