import { z } from "@hono/zod-openapi";
import { rendererKinds } from "../protocol/task-jobs.ts";
import { outputNames } from "../storage/keys.ts";
import { webhookLogSchema } from "../webhooks/log.ts";
import type { TaskRecord, WorkTotals } from "./object/task-store.ts";
import { canRetry, etaSeconds, isFinal, stages, stateCode } from "./state.ts";
import type { TaskLinks } from "./task-links.ts";

/** A task as it is shown, without the addresses, which depend on the request that asks. */
export const taskSummarySchema = z.strictObject({
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
  illustrated: z.array(z.number().int()).default([]),
  segments: z.strictObject({ total: z.number().int(), finished: z.number().int() }),
  /** Numbers of the videos that can be played, if only their beginning. */
  streams: z.array(z.number().int()).default([]),
  error: z
    .strictObject({ code: z.string(), stage: z.string(), message: z.string(), retryable: z.boolean().default(true) })
    .nullable(),
  attempts: z.number().int().default(1),
  revision: z.number().int().default(0),
  /** What the time left is reckoned from; null before there is work. */
  pace: z
    .strictObject({ since: z.number(), before: z.number(), finished: z.number(), total: z.number() })
    .nullable()
    .default(null),
  /** Not in lists. */
  webhooks: z.array(webhookLogSchema).optional(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type TaskSummary = z.infer<typeof taskSummarySchema>;

/** A task as the API answers it. */
export const taskDataSchema = z
  .object({
    task_id: z.string().openapi({ example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
    state: z
      .union([z.literal(4), z.literal(1), z.literal(-1)])
      .openapi({ description: "4 processing, 1 success, -1 failed or cancelled." }),
    progress: z.number().int().min(0).max(100).openapi({
      description: "Per cent of the work that is done; never goes back, also when the task is retried or planned anew.",
    }),
    stage: z.enum(stages),
    revision: z.number().int().openapi({
      description:
        "Goes up with every change of the task, but not of its `webhooks`; `?wait=25&since={revision}` waits for the next one.",
    }),
    queue_position: z.number().int().min(1).nullable().openapi({
      description:
        "While a task waits to be begun: 1, and one more for each earlier task that has not ended. Null otherwise, beyond 100, and in lists.",
    }),
    eta_seconds: z
      .number()
      .int()
      .nullable()
      .openapi({
        description:
          "Seconds until the task is done if the rest goes at the pace so far, counted from when rendering was begun or last " +
          "taken up again; null until a part of it is finished, and when the task has ended.",
      }),
    attempts: z.number().int().openapi({
      description: "How often the task was begun: once, and again with each retry and each change of renderer.",
    }),
    videos: z
      .array(z.url())
      .openapi({ description: "Addresses of the finished videos; empty until the task succeeded." }),
    combined_videos: z.array(z.url()).openapi({ description: "The same without sound and subtitles." }),
    subtitles: z
      .array(z.object({ video: z.number().int(), srt: z.url(), vtt: z.url() }))
      .openapi({ description: "The subtitles of each video that has any, as files; empty until the task succeeded." }),
    posters: z
      .array(z.url())
      .openapi({ description: "A picture (JPEG) of each video, of its size; empty until the task succeeded." }),
    storyboards: z.array(z.object({ video: z.number().int(), image: z.url(), vtt: z.url() })).openapi({
      description:
        "Previews for seeking in each video: small pictures in one JPEG, and a WebVTT file that says when and where each is (`#xywh`).",
    }),
    streams: z.array(z.url()).openapi({
      description: "HLS playlists of the videos, from the moment the first seconds of each can be played.",
    }),
    watch: z.url().openapi({ description: "A page that plays the videos, from when their first seconds are there." }),
    video_subject: z.string(),
    renderer: z.enum(rendererKinds).nullable().openapi({ description: "Which renderer the task was planned for." }),
    width: z.number().int().nullable().openapi({ description: "Pixels; null until planned." }),
    height: z.number().int().nullable(),
    durations: z.array(z.number()).openapi({ description: "Seconds, of each video; empty until planned." }),
    segments: z.object({ total: z.number().int(), finished: z.number().int() }),
    error: z
      .object({
        code: z.string().openapi({ description: "One of the codes in the README.", example: "ffmpeg_failed" }),
        stage: z.string().openapi({ description: "Where it happened." }),
        message: z.string(),
        retryable: z.boolean().openapi({ description: "Whether a retry of the task may succeed as things are." }),
      })
      .optional()
      .openapi({ description: "Why the task failed, or that it was cancelled; there whenever state is -1." }),
    webhooks: z.array(webhookLogSchema).optional().openapi({
      description:
        "What became of the webhooks sent to `callback_url`, the latest 30 in the order of events. Not in lists.",
    }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Task");
export type TaskData = z.infer<typeof taskDataSchema>;

/** The shown form of a record. */
export function summarize(
  record: TaskRecord,
  totals: WorkTotals,
  request: { video_subject: string; video_count: number },
  playable: readonly { video: number; segments: number }[],
): TaskSummary {
  return {
    task_id: record.id,
    stage: record.stage,
    progress: record.progress,
    video_subject: request.video_subject,
    video_count: request.video_count,
    renderer: record.renderer,
    width: record.width,
    height: record.height,
    durations: record.durations,
    captioned: record.captioned,
    illustrated: record.illustrated,
    segments: { total: totals.segments, finished: totals.finishedSegments },
    streams: canRetry(record.stage) ? [] : playable.filter(({ segments }) => segments > 0).map(({ video }) => video),
    error: record.error,
    attempts: record.attempts,
    revision: record.revision,
    pace: record.pace && { ...record.pace, finished: totals.finished, total: totals.total },
    created_at: new Date(record.createdAt).toISOString(),
    updated_at: new Date(record.updatedAt).toISOString(),
  };
}

/**
 * The public form.
 *
 * @param queuePosition where it is known.
 */
export function taskData(summary: TaskSummary, links: TaskLinks, queuePosition: number | null = null): TaskData {
  const { video_count, captioned, illustrated, streams, error, pace, webhooks, ...rest } = summary;
  const ready = summary.stage === "succeeded" ? Array.from({ length: video_count }, (_, index) => index + 1) : [];
  const pictured = ready.filter((video) => illustrated.includes(video));
  const { task_id: id } = summary;
  const address = (file: string) => links.file(id, file);
  return {
    ...rest,
    state: stateCode(summary.stage),
    queue_position: queuePosition,
    eta_seconds: pace && !isFinal(summary.stage) ? etaSeconds(pace, Date.now()) : null,
    videos: ready.map((video) => address(outputNames.final(video))),
    combined_videos: ready.map((video) => address(outputNames.combined(video))),
    subtitles: ready
      .filter((video) => captioned.includes(video))
      .map((video) => ({ video, srt: address(outputNames.srt(video)), vtt: address(outputNames.vtt(video)) })),
    posters: pictured.map((video) => address(outputNames.poster(video))),
    storyboards: pictured.map((video) => ({
      video,
      image: address(outputNames.storyboardImage(video)),
      vtt: address(outputNames.storyboardVtt(video)),
    })),
    streams: streams.map((video) => links.stream(id, video)),
    watch: links.watch(id),
    ...(error ? { error } : {}),
    ...(webhooks ? { webhooks } : {}),
  };
}
