import { z } from "zod";
import { creditSchema, warningSchema } from "../api/authored.ts";
import { videoOutputs } from "../api/fields/pictures.ts";
import { captionTimings } from "../api/task.ts";
import { taskFailureSchema, withFailure } from "../api/task-failure.ts";
import { rendererKinds, stages } from "../api/task-state.ts";
import { taskParts } from "../api/video-request.ts";
import { webhookLogSchema } from "../api/webhooks/webhook-log.ts";
import { videosApiSchema } from "../protocol/task-input.ts";

/** A task's public data without its URLs, which depend on the origin and the access of each request. */
const fields = z.strictObject({
  task_id: z.string(),
  stage: z.enum(stages),
  progress: z.number().int(),
  video_subject: z.string(),
  video_count: z.number().int(),
  renderer: z.enum(rendererKinds).nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  durations: z.array(z.number()),
  captioned: z.array(z.number().int()).default([]),
  caption_timing: z.enum(captionTimings).nullable().default(null),
  illustrated: z.array(z.number().int()).default([]),
  /** What was authored for the task; null if nothing was. */
  authored: z
    .strictObject({
      /** Not in lists. */
      script: z.string().optional(),
      terms: z.array(z.string()),
      voice: z.strictObject({ id: z.string(), language: z.string(), provider: z.string() }).nullable(),
      /** Seconds of the narration that was made; null without one. */
      audio: z.number().nullable(),
      credits: z.array(creditSchema),
      warnings: z.array(warningSchema),
    })
    .nullable()
    .default(null),
  /** Whom its request credits for the materials that it names. */
  credits: z.array(creditSchema).optional(),
  /** The script of a task that authored nothing. Not in lists. */
  script: z.string().optional(),
  /** What the task does in another way than its request, as far as it was known when the task was created. */
  warnings: z.array(warningSchema).optional(),
  /** The part after which the task ends. */
  stop_at: z.enum(taskParts).default("video"),
  /** The files that are made of each video. */
  outputs: z.array(z.enum(videoOutputs)).default([...videoOutputs]),
  segments: z.strictObject({ total: z.number().int(), finished: z.number().int() }),
  /** Numbers of the videos of which at least the first seconds can be played. */
  streams: z.array(z.number().int()).default([]),
  failure: taskFailureSchema.nullable(),
  attempts: z.number().int().default(1),
  revision: z.number().int().default(0),
  /** The numbers from which `eta_seconds` is computed; null before the task is planned. */
  pace: z
    .strictObject({ since: z.number(), before: z.number(), finished: z.number(), total: z.number() })
    .nullable()
    .default(null),
  /** See TaskInput. */
  videos_api: videosApiSchema.optional(),
  /** Not in lists. */
  webhooks: z.array(webhookLogSchema).optional(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type TaskSummary = z.infer<typeof fields>;

/** Parses a summary, also one that version 0.1.0 wrote. */
export const taskSummarySchema = z.preprocess(withFailure, fields);
