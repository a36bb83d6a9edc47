import { z } from "zod";

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

/** The transitions that a request can ask for. */
export const clipTransitions = ["FadeIn", "FadeOut", "SlideIn", "SlideOut"] as const;
/** How each clip begins or ends: one transition, `Shuffle` for a random one per clip, or null for a plain cut. */
export type VideoTransitionMode = (typeof clipTransitions)[number] | "Shuffle" | null;

/** The same transitions as render jobs and dry runs name them. */
export const transitionKinds = ["fade_in", "fade_out", "slide_in", "slide_out"] as const;
/** The side that a picture slides in from, or out to. */
export const slideSides = ["left", "right", "top", "bottom"] as const;

/**
 * How a picture of another shape is put into the frame: `cover` fills the frame and cuts off the rest,
 * `contain` shows the whole picture between black bars, `blur` shows it over a blurred copy.
 */
export const videoFits = ["cover", "contain", "blur"] as const;

const materialSchema = z.strictObject({
  provider: z.literal("local", { error: 'only "local" is supported' }).default("local"),
  url: z.string().min(1, "must name an uploaded file").max(2048).meta({
    description:
      "The name of an uploaded file, as `POST /api/v1/video_materials` answered it in `file`; or an https URL, which is fetched.",
    example: "beach.mp4",
  }),
  duration: z.number().min(0).max(86_400).default(0).meta({
    description: "Seconds of this material to show at most; 0 leaves it to `video_clip_duration`.",
  }),
});

/** The name of an uploaded file, or an https URL. */
const fileName = z
  .string()
  .max(2048)
  .nullish()
  .transform((name) => name || null);

/** What a colour field takes. */
export const COLOUR_FORM = "a colour (#RRGGBB, #RRGGBBAA or a CSS name)";
/** The form of a CSS colour: hexadecimal, a name, or `rgb()`. Whether the name exists is checked with the request's files. */
const CSS_COLOUR = /^\s*(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]+|rgba?\([^()]*\))\s*$/i;
const colour = z
  .string()
  .max(64)
  .regex(CSS_COLOUR, { error: `must be ${COLOUR_FORM}` })
  .meta({ example: "#FFFFFF" });

/** Most characters of an idempotency key. */
export const MAX_IDEMPOTENCY_KEY = 255;

export const videoRequestSchema = z
  .strictObject({
    video_subject: z.string().max(500).default("").meta({
      description: "A title, kept with the task and written into its MP4 files.",
    }),
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
      .enum(["Shuffle", ...clipTransitions, "None", ""])
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
    custom_audio_file: fileName.meta({
      description:
        "The name of an uploaded audio file, or an https URL, used as narration. Its length becomes the video's.",
    }),
    subtitle_enabled: z.boolean().default(true).meta({
      description: "Burn `video_script` in, timed over the video by its words, and write it beside as SRT and VTT.",
    }),

    video_terms: unsupported(null, "Search terms for stock footage."),
    video_language: z.string().max(35).default("").meta({
      description: "BCP 47 tag of `video_script`'s language, for where its words and sentences end. Mostly not needed.",
      example: "zh-CN",
    }),
    voice_name: z
      .string()
      .max(200)
      .nullish()
      .transform((name) => name ?? "")
      .meta({
        description:
          "Voice for speech synthesis, which is not supported yet: without effect beside `custom_audio_file`, refused without.",
      }),
    voice_volume: z.number().min(0).max(10).default(1).meta({
      description:
        "How loud the narration is against the rest of the mix, as a factor. The mix as a whole is at −14 LUFS.",
    }),
    voice_rate: z.number().min(0.1).max(10).default(1).meta({
      description:
        "Speed of speech synthesis, which is not supported yet: without effect beside `custom_audio_file`, refused without.",
    }),
    bgm_type: z
      .enum(["random", "custom", ""], { error: 'must be "random", "custom" or ""' })
      .nullish()
      .transform((type) => type ?? "")
      .default("random")
      .meta({
        description:
          'Background music: `random` takes one of the uploaded musics (none where there are none), `custom` the one in `bgm_file`, `""` none.',
      }),
    bgm_file: fileName.meta({
      description: "The name of an uploaded music, or an https URL; plays whatever `bgm_type` says.",
    }),
    bgm_volume: z.number().min(0).max(10).default(0.2).meta({
      description:
        "How loud the music is against the rest of the mix, as a factor. It is looped, ducked under narration and faded out.",
    }),
    clip_volume: z.number().min(0).max(10).default(0).meta({
      description: "How loud the clips' own sound is in the mix, as a factor. Not in MoneyPrinterTurbo.",
    }),
    subtitle_file: fileName.meta({
      description:
        "The name of an uploaded SRT or VTT file, or an https URL, shown at its own times instead of `video_script`. Not in MoneyPrinterTurbo.",
    }),
    subtitle_position: z.enum(["top", "center", "bottom", "custom"]).default("bottom"),
    custom_position: z.number().min(0).max(100).default(70).meta({
      description: "Where subtitles stand at position `custom`: 0 at the frame's top, 100 at its bottom.",
    }),
    font_name: z
      .string()
      .max(1024)
      .nullish()
      .transform((name) => name ?? "")
      .meta({
        description:
          "The name of an uploaded or bundled font, as `GET /api/v1/fonts` lists it. Left empty, a bundled one is taken by script.",
      }),
    font_size: z.number().min(8).max(400).default(60).meta({
      description: "Height of the font's em square in pixels of a frame whose shorter side is 1080; scaled to others.",
    }),
    text_fore_color: colour.default("#FFFFFF"),
    text_background_color: z
      .union([z.boolean(), colour], { error: `must be true, false or ${COLOUR_FORM}` })
      .default(true)
      .meta({ description: "The box behind subtitles: `true` is black, `false` none." }),
    stroke_color: colour.default("#000000"),
    stroke_width: z.number().min(0).max(40).default(1.5).meta({
      description: "Outline on each side of a stroke, in pixels of a frame whose shorter side is 1080.",
    }),
    dry_run: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Answer the plan (renderer, size, shots, segments, cost) and make no task. What is left to chance differs from " +
          "task to task. Not in MoneyPrinterTurbo.",
      }),
    n_threads: z.int().min(1).max(64).default(2).meta({
      description: "Without effect: the renderer uses the processors it has.",
    }),
    paragraph_number: z.int().min(1).max(20).default(1).meta({
      description: "Paragraphs of a script to be written. Without effect: scripts are not written here.",
    }),
    callback_url: z
      .union([z.literal(""), z.url({ protocol: /^https?$/, error: "must be an https or http URL" }).max(2048)], {
        error: "must be an https or http URL",
      })
      .nullish()
      .transform((url) => url || null)
      .meta({
        description:
          "Where to send webhooks when the task is started, has succeeded, has failed or was cancelled; signed by the " +
          "Standard Webhooks specification. A public host. Not in MoneyPrinterTurbo.",
        example: "https://hooks.example.com/edgereel",
      }),
    idempotency_key: z
      .string()
      .min(1, "must not be empty")
      .max(MAX_IDEMPOTENCY_KEY)
      .nullish()
      .transform((key) => key ?? null)
      .meta({
        description:
          "For clients that cannot set the header `Idempotency-Key`: the same key. Requests with one key make one task. Not in MoneyPrinterTurbo.",
      }),
  })
  .superRefine((request, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    const synthesis =
      "speech synthesis is not supported yet: name an uploaded narration in custom_audio_file, or leave it out";
    if (request.custom_audio_file === null && request.voice_name !== "") refuse("voice_name", synthesis);
    if (request.custom_audio_file === null && request.voice_rate !== 1) refuse("voice_rate", synthesis);
    if (request.bgm_type === "custom" && request.bgm_file === null)
      refuse("bgm_file", 'is needed for bgm_type "custom"');
  })
  .meta({ id: "VideoRequest" });

export type VideoRequest = z.output<typeof videoRequestSchema>;
