import { z } from "zod";
import { CodedError } from "../api/errors.ts";
import { aspects } from "../api/video-request.ts";

/** The arguments of a video as models give them, with plainer names than the fields of `POST /api/v1/videos`. */
export function videoArgumentsSchema() {
  return z.strictObject({
    subject: z.string().max(500).optional().meta({
      description:
        'What the video is about, e.g. "How bees find their way home". It becomes the title. Without `script`, a language model writes the script from it.',
    }),
    script: z.string().max(20_000).optional().meta({
      description:
        'The exact words that are spoken and shown as captions, as plain sentences, e.g. "Bees dance to share a map. Each turn shows the way." No scene directions. `[pause: 2s]` makes a pause.',
    }),
    materials: z
      .array(z.string().min(1).max(2048))
      .max(100)
      .optional()
      .meta({
        description:
          "The clips and images to show, in this order: https links to the files (share links of cloud drives work too), or names from list_materials. Without them, stock footage is searched.",
        examples: [["https://example.com/beach.mp4", "https://example.com/sunset.jpg"]],
      }),
    voice: z.string().max(200).optional().meta({
      description:
        'An id from list_voices, e.g. "embedded:slt"; "none" for captions without speech. Left out: the best voice for the language of the script.',
    }),
    narration: z.string().max(2048).optional().meta({
      description:
        "An https link or uploaded name of recorded speech, to use instead of a voice. The video gets its length.",
    }),
    music: z.string().max(2048).optional().meta({
      description:
        'An https link or uploaded name of background music, or "none". Left out: one of the uploaded musics, if there are any.',
    }),
    captions: z.boolean().optional().meta({ description: "Whether captions are drawn into the video. Default: true." }),
    aspect: z.enum(aspects).optional().meta({ description: 'Width to height. Default: "9:16", which is upright.' }),
    language: z.string().max(35).optional().meta({ description: 'BCP 47 tag of the script, e.g. "en" or "zh-CN".' }),
    options: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({
        description:
          "More fields of the HTTP API by their own names; the resource edgereel://video-request describes all of them.",
        examples: [{ video_transition_mode: "FadeIn", video_clip_duration: 4, font_size: 72 }],
      }),
  });
}
export type VideoArguments = z.output<ReturnType<typeof videoArgumentsSchema>>;

/** The request fields that arguments stand for. */
const FIELDS = {
  subject: "video_subject",
  script: "video_script",
  materials: "video_materials",
  voice: "voice_name",
  narration: "custom_audio_file",
  music: "bgm_file",
  captions: "subtitle_enabled",
  aspect: "video_aspect",
  language: "video_language",
} as const;

/** The name that stands for no voice or no music. */
const NONE = "none";

/**
 * The fields of a request for videos that arguments stand for. Has only fields that the arguments set.
 *
 * @throws CodedError `invalid_request` if `options` repeats an argument, or asks for a dry run.
 */
export function requestFields(given: VideoArguments): Record<string, unknown> {
  const { options = {}, materials, voice, music, ...rest } = given;
  const plain = Object.entries(rest).flatMap(([name, value]) =>
    value === undefined ? [] : [[FIELDS[name as keyof typeof rest], value] as const],
  );
  const fields: Record<string, unknown> = {
    ...Object.fromEntries(plain),
    ...(materials ? { video_materials: materials.map((url) => ({ url })), video_concat_mode: "sequential" } : {}),
    ...voiceFields(voice, materials),
    ...(music === undefined ? {} : music === NONE ? { bgm_type: "", bgm_file: null } : { bgm_file: music }),
  };
  for (const [argument, field] of Object.entries(FIELDS)) {
    if (field in options && argument in given) {
      throw new CodedError("invalid_request", `options.${field}: means the same as ${argument}; give only one of them`);
    }
  }
  if ("dry_run" in options)
    throw new CodedError("invalid_request", "options.dry_run: is not supported here; leave it out");
  return { ...fields, ...options };
}

/** Without a voice, clips have no speech, and everything else has a silent narration of reading length. */
function voiceFields(voice: string | undefined, materials: readonly string[] | undefined): Record<string, unknown> {
  if (voice === undefined) return {};
  if (voice !== NONE) return { voice_name: voice };
  return { voice_name: materials && materials.length > 0 ? "" : "no-voice" };
}

/** Names the arguments instead of the request fields in an error about a request. */
export function withArgumentNames(error: unknown): unknown {
  if (!(error instanceof CodedError)) return error;
  const message = Object.entries(FIELDS).reduce(
    (text, [argument, field]) => text.replaceAll(new RegExp(`\\b${field}\\b`, "g"), argument),
    error.message.replaceAll(/\bvideo_materials\[(\d+)\]\.url\b/g, "materials[$1]"),
  );
  const { code, retryable, rerun, retryAfterSeconds, headers } = error;
  return new CodedError(code, message, { retryable, rerun, retryAfterSeconds, headers, cause: error });
}
