import { z } from "zod";

/**
 * The body of `POST /api/v1/videos`, with the field names of MoneyPrinterTurbo. A field that this version cannot
 * honour is accepted only with its default value, so that the service never silently ignores what a request asks for.
 */

/** Where footage can be found: stock providers, or a model that makes pictures. */
export const footageSources = ["pexels", "pixabay", "coverr", "image"] as const;
export type FootageSource = (typeof footageSources)[number];
/** Where footage can come from. `local` stands for uploaded and linked files. */
export const videoSources = ["local", ...footageSources] as const;
export type VideoSource = (typeof videoSources)[number];

/** The parts of a task. A request can stop after one of them. */
export const taskParts = ["script", "terms", "audio", "subtitle", "materials", "video"] as const;
export type TaskPart = (typeof taskParts)[number];

const NO_SUCH_SOURCE = `must be ${videoSources.map((source) => JSON.stringify(source)).join(", ")}, or a list of these`;

/** One source or a list; null or no value for the default. */
const videoSource = z
  .union([z.enum(videoSources), z.literal(""), z.array(z.enum(videoSources)).max(videoSources.length)], {
    error: NO_SUCH_SOURCE,
  })
  .nullish()
  .transform((given): VideoSource[] =>
    typeof given === "string" ? [given].filter((name) => name !== "") : [...new Set(given ?? [])],
  );

/** Max search terms of a request. */
const MAX_TERMS = 50;

/** Search terms as a list, or as text that separates them by commas. */
const videoTerms = z
  .union([z.string().max(5_000), z.array(z.string().max(200)).max(MAX_TERMS)], {
    error: "must be a list of search terms, or text with commas between them",
  })
  .nullish()
  .transform((given) => {
    const terms = typeof given === "string" ? given.split(/[,，、\n]/) : (given ?? []);
    return terms.map((term) => term.trim()).filter((term) => term !== "");
  })
  .pipe(z.array(z.string().max(200)).max(MAX_TERMS));

/** Aspect ratios, width to height. */
export const aspects = ["16:9", "9:16", "1:1", "3:4"] as const;
export type VideoAspect = (typeof aspects)[number];

/** The transitions that a request can ask for. */
export const clipTransitions = ["FadeIn", "FadeOut", "SlideIn", "SlideOut"] as const;
/** How each clip begins or ends: one transition, `Shuffle` for a random one per clip, or null for a plain cut. */
export type VideoTransitionMode = (typeof clipTransitions)[number] | "Shuffle" | null;

/** The same transitions, as render jobs and dry runs name them. */
export const transitionKinds = ["fade_in", "fade_out", "slide_in", "slide_out"] as const;
/** The side from which a picture slides in, or to which it slides out. */
export const slideSides = ["left", "right", "top", "bottom"] as const;

/**
 * How to fit a picture whose aspect ratio is not the frame's. `cover` fills the frame and crops the picture, `contain`
 * adds black bars, `blur` shows the picture over a blurred copy of itself.
 */
export const videoFits = ["cover", "contain", "blur"] as const;

/** A clip or image that a request names. */
export const materialSchema = z.strictObject({
  provider: z.literal("local", { error: 'only "local" is supported' }).default("local"),
  url: z
    .string()
    .min(1, "must name an uploaded file")
    .max(2048)
    .meta({
      description:
        "The name of an uploaded clip or image, from `file` in the response to `POST /api/v1/video_materials`; or an https " +
        "URL, which the service fetches.",
      example: "beach.mp4",
    }),
  duration: z.number().min(0).max(86_400).default(0).meta({
    description: "Max seconds to show this material at once; 0 uses `video_clip_duration`.",
  }),
});

/** The name of an uploaded file, or an https URL; empty text counts as null. */
const fileName = z
  .string()
  .max(2048)
  .nullish()
  .transform((name) => name || null);

/** The forms of a colour, for error messages. */
export const COLOUR_FORM = "a colour (#RRGGBB, #RRGGBBAA or a CSS name)";
/** Matches hexadecimal colours, `rgb()` and `rgba()`, and any name. captions/caption-style.ts checks whether a name exists. */
const CSS_COLOUR = /^\s*(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]+|rgba?\([^()]*\))\s*$/i;
const colour = z
  .string()
  .max(64)
  .regex(CSS_COLOUR, { error: `must be ${COLOUR_FORM}` })
  .meta({ example: "#FFFFFF" });

/** Max characters of an idempotency key. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

export const videoRequestSchema = z
  .strictObject({
    video_subject: z.string().max(500).default("").meta({
      description:
        "What the video is about. It is stored with the task and written into the MP4 files as their title. If `video_script` is empty and a voice speaks, a language model writes the script from it.",
    }),
    video_script: z.string().max(20_000).default("").meta({
      description:
        "The text that is spoken and shown as subtitles. `[pause: 2s]` is a pause in the speech. Markdown, HTML and SSML are removed. If empty, a language model writes it from `video_subject`.",
    }),
    video_source: videoSource.meta({
      description:
        'Where footage comes from if the request names no files: "pexels", "pixabay", "coverr", "image" (pictures made by a model), or several of these. "local" uses `video_materials` only. Default: "local" with `video_materials`, otherwise the providers that the service has keys for.',
    }),
    video_materials: z
      .array(materialSchema, { error: "must be a list of {provider, url, duration}" })
      .max(100)
      .nullish()
      .transform((materials) => materials ?? [])
      .meta({ description: "Uploaded or linked clips and images. Without any, footage is searched." }),
    video_aspect: z.enum(aspects).default("9:16"),
    video_concat_mode: z.enum(["random", "sequential"]).default("random").meta({
      description:
        "`sequential` keeps the order of `video_materials`; `random` shuffles the clips, always the same way for one task.",
    }),
    video_transition_mode: z
      .enum(["Shuffle", ...clipTransitions, "None", ""])
      .nullish()
      .transform((mode): VideoTransitionMode => (mode === "None" || !mode ? null : mode))
      .meta({
        description:
          "How each clip begins (`FadeIn` from black, `SlideIn` from a random side) or ends (`FadeOut`, `SlideOut`), for one " +
          "second or the clip's length. `Shuffle` chooses a transition for each clip, always the same way for one task. " +
          "Null or no value means no transition. The total length does not change.",
      }),
    video_fit: z
      .enum(videoFits)
      .default("cover")
      .meta({
        description:
          "How to fit a picture of another shape: `cover` fills the frame and crops the picture, `contain` adds black bars, " +
          "`blur` shows the whole picture over a blurred copy.",
      }),
    video_clip_duration: z
      .number()
      .min(0.5)
      .max(600)
      .default(5)
      .meta({ description: "Max seconds to show a clip at once." }),
    video_count: z
      .int()
      .min(1)
      .max(10)
      .default(1)
      .meta({ description: "How many videos to make. They differ from each other." }),
    custom_audio_file: fileName.meta({
      description:
        "The name of an uploaded narration or music, or an https URL, used as narration. The video gets its length.",
    }),
    subtitle_enabled: z.boolean().default(true).meta({
      description: "Whether to draw subtitles into `final-N.mp4`, and to write SRT and VTT files.",
    }),

    video_terms: videoTerms.meta({
      description:
        "Search terms for footage, as a list or with commas between them. If empty, a language model writes them.",
    }),
    match_materials_to_script: z.boolean().default(false).meta({
      description: "Whether footage follows the script: one search term per sentence, in their order.",
    }),
    video_script_prompt: z.string().max(2_000).default("").meta({
      description: "More requirements for a script that a language model writes.",
    }),
    custom_system_prompt: z.string().max(8_000).default("").meta({
      description: "Replaces the instructions that the language model gets for a script.",
    }),
    stop_at: z.enum(taskParts).default("video").meta({
      description:
        "The task ends once this part exists: `script`, `terms`, `audio`, `subtitle`, `materials` or `video`. Not in MoneyPrinterTurbo.",
    }),
    video_language: z.string().max(35).default("").meta({
      description:
        "BCP 47 tag of the language of `video_script`, used to find the ends of words and sentences: abbreviations, ordinals. Rarely needed.",
      example: "zh-CN",
    }),
    voice_name: z
      .string()
      .max(200)
      .nullish()
      .transform((name) => name ?? "")
      .meta({
        description:
          "The voice that speaks `video_script`, from `GET /api/v1/voices`, or a name as MoneyPrinterTurbo has them. If nobody has the voice, the nearest one by language and gender speaks, and `warnings` says so. `no-voice` is a silent narration of reading length. Empty: the best voice for the language if the request has no `video_materials`, otherwise no speech. No effect if `custom_audio_file` is set.",
      }),
    voice_volume: z.number().min(0).max(10).default(1).meta({
      description:
        "Volume of the narration relative to the rest of the mix, as a factor. The whole mix is at −14 LUFS.",
    }),
    voice_rate: z.number().min(0.25).max(4).default(1).meta({
      description: "Speed of the speech, as a factor. No effect if `custom_audio_file` is set.",
    }),
    bgm_type: z
      .enum(["random", "custom", ""], { error: 'must be "random", "custom" or ""' })
      .nullish()
      .transform((type) => type ?? "")
      .default("random")
      .meta({
        description:
          'Background music: `random` takes one of the uploaded musics, if there are any; `custom` takes `bgm_file`; `""` is no music.',
      }),
    bgm_file: fileName.meta({
      description: "The name of an uploaded music, or an https URL. It plays whatever `bgm_type` is.",
    }),
    bgm_volume: z.number().min(0).max(10).default(0.2).meta({
      description:
        "Volume of the music relative to the rest of the mix, as a factor. The music is looped, quieter under narration and faded out.",
    }),
    clip_volume: z.number().min(0).max(10).default(0).meta({
      description: "Volume of the clips' own sound in the mix, as a factor. Not in MoneyPrinterTurbo.",
    }),
    subtitle_file: fileName.meta({
      description:
        "The name of an uploaded SRT or VTT file, or an https URL. It is shown at its own times instead of `video_script`. Not in MoneyPrinterTurbo.",
    }),
    subtitle_position: z.enum(["top", "center", "bottom", "custom"]).default("bottom"),
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
    text_background_color: z
      .union([z.boolean(), colour], { error: `must be true, false or ${COLOUR_FORM}` })
      .default(true)
      .meta({ description: "Colour of the box behind the text; `true` is black, `false` is no box." }),
    stroke_color: colour.default("#000000"),
    stroke_width: z.number().min(0).max(40).default(1.5).meta({
      description: "Width of the outline on each side of a stroke, in pixels of a frame whose shorter side is 1080.",
    }),
    dry_run: z
      .boolean()
      .default(false)
      .meta({
        description:
          "Return the plan (renderer, size, shots, segments, cost) and create no task. Random choices differ from task to " +
          "task. Not in MoneyPrinterTurbo.",
      }),
    n_threads: z.int().min(1).max(64).default(2).meta({
      description: "Rendering threads. No effect: a renderer uses all of its processors.",
    }),
    paragraph_number: z.int().min(1).max(10).default(1).meta({
      description: "How many paragraphs a language model writes if `video_script` is empty.",
    }),
    callback_url: z
      .union([z.literal(""), z.url({ protocol: /^https?$/, error: "must be an https or http URL" }).max(2048)], {
        error: "must be an https or http URL",
      })
      .nullish()
      .transform((url) => url || null)
      .meta({
        description:
          "Where to send webhooks when the task starts, succeeds, fails or is cancelled. The host must be public. Webhooks " +
          "are signed according to the Standard Webhooks specification. Not in MoneyPrinterTurbo.",
        example: "https://hooks.example.com/edgereel",
      }),
    idempotency_key: z
      .string()
      .min(1, "must not be empty")
      .max(MAX_IDEMPOTENCY_KEY_LENGTH)
      .nullish()
      .transform((key) => key ?? null)
      .meta({
        description:
          "For clients that cannot send the header `Idempotency-Key`. Requests with the same key create one task. Not in MoneyPrinterTurbo.",
      }),
  })
  .superRefine((request, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: "custom", path: [field], message });
    const { video_subject, video_script, video_materials, video_source } = request;
    if (video_materials.length === 0 && video_source.length === 1 && video_source[0] === "local") {
      refuse("video_materials", 'must name at least one uploaded file if video_source is "local"');
    }
    if (video_script.trim() === "" && video_subject.trim() === "" && video_materials.length === 0) {
      refuse("video_subject", "is required without video_script and video_materials");
    }
    if (request.bgm_type === "custom" && request.bgm_file === null)
      refuse("bgm_file", 'is required if bgm_type is "custom"');
  })
  .meta({ id: "VideoRequest" });

export type VideoRequest = z.output<typeof videoRequestSchema>;
