import { z } from "zod";
import { creditSchema, warningSchema } from "./authored.ts";
import { taskFailureSchema } from "./task-failure.ts";
import { failedStages, rendererKinds, stages } from "./task-state.ts";
import { webhookLogSchema } from "./webhooks/webhook-log.ts";

/**
 * Where the times of subtitles come from: the subtitle file, the request's `word_timings`, the voice that spoke, a
 * transcription of the narration, its pauses, or how long words take to say.
 */
export const captionTimings = ["subtitle_file", "request", "provider", "transcription", "pauses", "syllables"] as const;
export type CaptionTiming = (typeof captionTimings)[number];

/** A task as the API returns it. */
export const taskDataSchema = z
  .object({
    task_id: z.string().meta({ example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
    state: z
      .union([z.literal(4), z.literal(1), z.literal(-1)])
      .meta({ description: "4 processing, 1 success, -1 failed or cancelled." }),
    progress: z.number().int().min(0).max(100).meta({
      description: "Percentage of finished work. It never decreases, not even after a retry or a change of renderer.",
    }),
    stage: z.enum(stages),
    revision: z.number().int().meta({
      description:
        "Increases with every change of the task, but not of its `webhooks`. `?wait=25&since={revision}` waits for the next change.",
    }),
    queue_position: z.number().int().min(1).nullable().meta({
      description:
        "While the task is `queued`: 1 plus the number of earlier tasks that have not ended. Null in other stages, above 100, and in lists.",
    }),
    eta_seconds: z
      .number()
      .int()
      .nullable()
      .meta({
        description:
          "Seconds until the task is done, at the pace since rendering started or was last resumed. Null until the first " +
          "part is finished since then, and after the task has ended.",
      }),
    attempts: z.number().int().meta({
      description: "How many times work on the task began: once, plus once for each retry and each change of renderer.",
    }),
    videos: z.array(z.url()).meta({
      description:
        'URLs of the finished videos. Empty until the task has succeeded, and if `outputs` is `["combined"]`.',
    }),
    combined_videos: z.array(z.url()).meta({
      description:
        'URLs of the same videos without sound and subtitles. Empty until the task has succeeded, and if `outputs` is `["final"]`.',
    }),
    subtitles: z
      .array(
        z.object({
          video: z.number().int(),
          srt: z.url(),
          vtt: z.url(),
          words_vtt: z.url().optional(),
          words_json: z.url().optional(),
          ass: z.url().optional(),
        }),
      )
      .meta({
        description:
          "URLs of the subtitle files, for each video with subtitles: `srt` and `vtt` by line, `words_vtt` with a " +
          "timestamp before each word, `words_json` as a list of `{word, start, end}` in seconds, and `ass` as it is " +
          "drawn. Empty until the task has succeeded. Tasks of versions before 0.3 only have `srt` and `vtt`.",
      }),
    captions: z
      .object({ timing: z.enum(captionTimings) })
      .nullable()
      .meta({
        description:
          "The source of the subtitles' times: `subtitle_file`; `request`, which is `word_timings`; `provider`, which is the " +
          "voice that spoke; `transcription` or `pauses` of the narration; or `syllables`, which is how long words take to " +
          "say. Null until the task is planned, and without subtitles.",
      }),
    posters: z
      .array(z.url())
      .meta({ description: "URL of a JPEG of the video's size, for each video. Empty until the task has succeeded." }),
    storyboards: z.array(z.object({ video: z.number().int(), image: z.url(), vtt: z.url() })).meta({
      description:
        "Previews for seeking, for each video: thumbnails in one JPEG, and a WebVTT file with the time and place (`#xywh`) of each. " +
        "Empty until the task has succeeded.",
    }),
    streams: z.array(z.url()).meta({
      description: "URLs of the HLS playlists. A video is listed as soon as its first seconds can be played.",
    }),
    watch: z
      .url()
      .meta({ description: "URL of a page that plays the videos as soon as their first seconds are rendered." }),
    video_subject: z.string(),
    renderer: z
      .enum(rendererKinds)
      .nullable()
      .meta({ description: "The renderer of the task; null until it is planned." }),
    width: z.number().int().nullable().meta({ description: "Pixels; null until the task is planned." }),
    height: z.number().int().nullable().meta({ description: "Pixels; null until the task is planned." }),
    durations: z
      .array(z.number())
      .meta({ description: "Length of each video in seconds; empty until the task is planned." }),
    script: z.string().optional().meta({
      description: "The script: that of the request, or the one that was written. Not in lists.",
    }),
    terms: z.array(z.string()).optional().meta({ description: "The search terms, if footage is searched." }),
    voice: z
      .object({ id: z.string(), language: z.string(), provider: z.string() })
      .nullable()
      .optional()
      .meta({ description: "The voice that spoke; null without speech." }),
    audio_file: z
      .url()
      .nullable()
      .optional()
      .meta({ description: "URL of the narration that was made, as WAV. Null until the task has succeeded." }),
    audio_duration: z.number().nullable().optional().meta({ description: "Seconds of that narration." }),
    subtitle_path: z
      .url()
      .nullable()
      .optional()
      .meta({ description: "URL of the first video's SRT file. Null until the task has succeeded." }),
    materials: z.array(creditSchema).optional().meta({
      description: "The footage that was found or made, with its author and licence.",
    }),
    warnings: z.array(warningSchema).optional().meta({
      description: "What the task did in another way than requested, for example with another voice.",
    }),
    segments: z.object({ total: z.number().int(), finished: z.number().int() }),
    error: z
      .string()
      .optional()
      .meta({ description: "Why the task failed or was cancelled. Only present if `state` is -1." }),
    failed_stage: z
      .enum(failedStages)
      .optional()
      .meta({ description: "MoneyPrinterTurbo's name for the stage that failed. Only present if `state` is -1." }),
    failure: taskFailureSchema
      .optional()
      .meta({ description: "The same as `error`, in a structured form. Only present if `state` is -1." }),
    webhooks: z.array(webhookLogSchema).optional().meta({
      description: "The latest 30 webhooks to `callback_url` and their delivery, in the order of events. Not in lists.",
    }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Task" });
export type TaskData = z.infer<typeof taskDataSchema>;
