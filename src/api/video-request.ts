import { z } from "zod";
import { footageFields } from "./fields/footage.ts";
import { frameFields } from "./fields/frame.ts";
import { pictureFields } from "./fields/pictures.ts";
import { soundFields } from "./fields/sound.ts";
import { subtitleFields } from "./fields/subtitles.ts";
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

/** Max characters of an idempotency key. */
export const MAX_IDEMPOTENCY_KEY_LENGTH = 255;

export const videoRequestSchema = z
  .strictObject({
    ...textFields,
    ...footageFields,
    ...soundFields,
    ...frameFields,
    ...subtitleFields,
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
    stop_at: z.enum(taskParts).default("video").meta({
      description:
        "The task ends once this part exists: `script`, `terms`, `audio`, `subtitle`, `materials` or `video`. Not in MoneyPrinterTurbo.",
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
