import { z } from "zod";
import { fileName } from "./fields/file-name.ts";
import { footageFields } from "./fields/footage.ts";
import { pictureFields } from "./fields/pictures.ts";
import { frameFields } from "./fields/frame.ts";
import { soundFields } from "./fields/sound.ts";
import { textFields } from "./fields/texts.ts";

/**
 * The body of `POST /api/v1/videos`, with the field names of MoneyPrinterTurbo. A field that this version cannot
 * honour is accepted only with its default value, so that the service never silently ignores what a request asks for.
 */

/** The parts of a task. A request can stop after one of them. */
export const taskParts = ["script", "terms", "audio", "subtitle", "materials", "video"] as const;
export type TaskPart = (typeof taskParts)[number];

/** Aspect ratios, width to height. */
export const aspects = ["16:9", "9:16", "1:1", "3:4"] as const;
export type VideoAspect = (typeof aspects)[number];

/** The transitions that a request can ask for. */
export const clipTransitions = ["FadeIn", "FadeOut", "SlideIn", "SlideOut", "ZoomIn", "ZoomOut"] as const;
/** How each clip begins or ends: one transition, `Shuffle` for a random one per clip, or null for a plain cut. */
export type VideoTransitionMode = (typeof clipTransitions)[number] | "Shuffle" | null;

/** The same transitions, as render jobs and dry runs name them. */
export const transitionKinds = ["fade_in", "fade_out", "slide_in", "slide_out", "zoom_in", "zoom_out"] as const;
/** The side from which a picture slides in, or to which it slides out. */
export const slideSides = ["left", "right", "top", "bottom"] as const;

/**
 * How to fit a picture whose aspect ratio is not the frame's. `cover` fills the frame and crops the picture, `contain`
 * adds black bars, `blur` shows the picture over a blurred copy of itself.
 */
export const videoFits = ["cover", "contain", "blur"] as const;

/** The forms of a colour, for error messages. */
export const COLOUR_FORM = "a colour (#RRGGBB, #RRGGBBAA or a CSS name)";
/** Matches hexadecimal colours, `rgb()` and `rgba()`, and any name. captions/caption-style.ts checks whether a name exists. */
const CSS_COLOUR = /^\s*(?:#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]+|rgba?\([^()]*\))\s*$/i;
const colour = z
  .string()
  .max(64)
  .regex(CSS_COLOUR, { error: `must be ${COLOUR_FORM}` })
  .meta({ example: "#FFFFFF" });

/** Colours of a background that are no background. */
const NO_BACKGROUND = new Set(["", "transparent", "none"]);

/** Max characters of an idempotency key. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

export const videoRequestSchema = z
  .strictObject({
    ...textFields,
    ...footageFields,
    ...soundFields,
    ...frameFields,
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
          "second or the clip's length; or how it moves from its start to its end (`ZoomIn` to 1.2 times its size, `ZoomOut` " +
          "back from there). `Shuffle` chooses one of these for each clip, always the same way for one task. " +
          "Null, `None` or no value means no transition. The total length does not change.",
      }),
    video_fit: z
      .enum(videoFits)
      .default("cover")
      .meta({
        description:
          "How to fit a picture of another shape: `cover` fills the frame and crops the picture, `contain` adds black bars, " +
          "`blur` shows the whole picture over a blurred copy.",
      }),
    video_fit_mode: z.enum(videoFits).optional().meta({
      description: "MoneyPrinterTurbo's name for `video_fit`.",
    }),
    video_clip_duration: z
      .number()
      .min(0.5)
      .max(600)
      .default(5)
      .meta({ description: "Max seconds to show a clip at once." }),
    ...pictureFields,
    video_count: z
      .int()
      .min(1)
      .max(10)
      .default(1)
      .meta({ description: "How many videos to make. They differ from each other." }),
    subtitle_enabled: z.boolean().default(true).meta({
      description: "Whether to draw subtitles into `final-N.mp4`, and to write SRT and VTT files.",
    }),

    stop_at: z.enum(taskParts).default("video").meta({
      description:
        "The task ends once this part exists: `script`, `terms`, `audio`, `subtitle`, `materials` or `video`. Not in MoneyPrinterTurbo.",
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
      .union([z.boolean(), z.literal(""), colour], { error: `must be true, false or ${COLOUR_FORM}` })
      .nullish()
      .transform((background) =>
        typeof background === "string" && NO_BACKGROUND.has(background.trim().toLowerCase())
          ? false
          : (background ?? false),
      )
      .default(false)
      .meta({
        description:
          'Colour of the box behind the text; `true` is black. `false`, `"transparent"`, `"none"`, `""` and null are no box.',
      }),
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
    const { video_subject, video_script, video_materials, video_source, stop_at } = request;
    const needsMaterials = stop_at === "materials" || stop_at === "video";
    if (needsMaterials && video_materials.length === 0 && video_source.length === 1 && video_source[0] === "local") {
      refuse("video_materials", 'must name at least one uploaded file if video_source is "local"');
    }
    if (video_script.trim() === "" && video_subject.trim() === "" && video_materials.length === 0) {
      refuse("video_subject", "is required without video_script and video_materials");
    }
  })
  .meta({ id: "VideoRequest" });

export type VideoRequest = z.output<typeof videoRequestSchema>;
