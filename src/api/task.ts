import { z } from "zod";
import { taskFailureSchema } from "./task-failure.ts";
import { failedStages, rendererKinds, stages } from "./task-state.ts";
import { webhookLogSchema } from "./webhook-log.ts";

/** A task as the API answers it. */
export const taskDataSchema = z
  .object({
    task_id: z.string().meta({ example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
    state: z
      .union([z.literal(4), z.literal(1), z.literal(-1)])
      .meta({ description: "4 processing, 1 success, -1 failed or cancelled." }),
    progress: z.number().int().min(0).max(100).meta({
      description: "Per cent of the work that is done; never goes back, also when the task is retried or planned anew.",
    }),
    stage: z.enum(stages),
    revision: z.number().int().meta({
      description:
        "Goes up with every change of the task, but not of its `webhooks`; `?wait=25&since={revision}` waits for the next one.",
    }),
    queue_position: z.number().int().min(1).nullable().meta({
      description:
        "While a task waits to be begun: 1, and one more for each earlier task that has not ended. Null otherwise, beyond 100, and in lists.",
    }),
    eta_seconds: z
      .number()
      .int()
      .nullable()
      .meta({
        description:
          "Seconds until the task is done if the rest goes at the pace so far, counted from when rendering was begun or last " +
          "taken up again; null until a part of it is finished, and when the task has ended.",
      }),
    attempts: z.number().int().meta({
      description: "How often the task was begun: once, and again with each retry and each change of renderer.",
    }),
    videos: z.array(z.url()).meta({ description: "Addresses of the finished videos; empty until the task succeeded." }),
    combined_videos: z.array(z.url()).meta({ description: "The same without sound and subtitles." }),
    subtitles: z
      .array(z.object({ video: z.number().int(), srt: z.url(), vtt: z.url() }))
      .meta({ description: "The subtitles of each video that has any, as files; empty until the task succeeded." }),
    posters: z
      .array(z.url())
      .meta({ description: "A picture (JPEG) of each video, of its size; empty until the task succeeded." }),
    storyboards: z.array(z.object({ video: z.number().int(), image: z.url(), vtt: z.url() })).meta({
      description:
        "Previews for seeking in each video: small pictures in one JPEG, and a WebVTT file that says when and where each is (`#xywh`).",
    }),
    streams: z.array(z.url()).meta({
      description: "HLS playlists of the videos, from the moment the first seconds of each can be played.",
    }),
    watch: z.url().meta({ description: "A page that plays the videos, from when their first seconds are there." }),
    video_subject: z.string(),
    renderer: z.enum(rendererKinds).nullable().meta({ description: "Which renderer the task was planned for." }),
    width: z.number().int().nullable().meta({ description: "Pixels; null until planned." }),
    height: z.number().int().nullable(),
    durations: z.array(z.number()).meta({ description: "Seconds, of each video; empty until planned." }),
    segments: z.object({ total: z.number().int(), finished: z.number().int() }),
    error: z
      .string()
      .optional()
      .meta({ description: "Why the task failed, or that it was cancelled; present whenever `state` is -1." }),
    failed_stage: z
      .enum(failedStages)
      .optional()
      .meta({ description: "MoneyPrinterTurbo's name for the stage that failed; present whenever `state` is -1." }),
    failure: taskFailureSchema.optional().meta({ description: "The same as `error`, in a structured form." }),
    webhooks: z.array(webhookLogSchema).optional().meta({
      description:
        "What became of the webhooks sent to `callback_url`, the latest 30 in the order of events. Not in lists.",
    }),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: "Task" });
export type TaskData = z.infer<typeof taskDataSchema>;
