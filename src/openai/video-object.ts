import { z } from "zod";
import { isFinal, type Stage } from "../api/task-state.ts";
import type { TaskSummary } from "../db/task-summary.ts";

/** The name of the model that makes the videos. A request may name any other: it is shown again and changes nothing. */
export const MODEL = "edgereel";

/** A task in the form of OpenAI's video object. */
export const openaiVideoSchema = z
  .object({
    id: z.string().meta({ description: "The id of the task." }),
    object: z.literal("video"),
    model: z.string(),
    status: z.enum(["queued", "in_progress", "completed", "failed"]),
    progress: z.int().min(0).max(100),
    created_at: z.int().meta({ description: "Unix seconds." }),
    completed_at: z.int().nullable(),
    expires_at: z.null(),
    prompt: z.string().nullable(),
    seconds: z.string().nullable().meta({
      description: "Length of the video. Before it is planned, the requested one, or null.",
    }),
    size: z
      .string()
      .nullable()
      .meta({ description: "`WIDTHxHEIGHT`. Before the video is planned, the requested one, or null." }),
    remixed_from_video_id: z.string().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: "OpenAIVideo" });
export type OpenAIVideo = z.infer<typeof openaiVideoSchema>;

/** Shows a task of any door as a video. */
export function videoObject(task: TaskSummary): OpenAIVideo {
  const { stage, failure, videos_api: asked, width, height } = task;
  const [duration] = task.durations;
  const seconds = (time: string) => Math.floor(Date.parse(time) / 1000);
  return {
    id: task.task_id,
    object: "video",
    model: asked?.model ?? MODEL,
    status: statusOf(stage),
    progress: task.progress,
    created_at: seconds(task.created_at),
    completed_at: stage === "succeeded" ? seconds(task.updated_at) : null,
    expires_at: null,
    prompt: asked?.prompt ?? (task.video_subject || null),
    seconds: duration === undefined ? (asked?.seconds ?? null) : String(Number(duration.toFixed(2))),
    size: width === null || height === null ? (asked?.size ?? null) : `${width}x${height}`,
    remixed_from_video_id: asked?.remixedFrom ?? null,
    error: failure && isFinal(stage) ? { code: failure.code, message: failure.message } : null,
  };
}

function statusOf(stage: Stage): OpenAIVideo["status"] {
  switch (stage) {
    case "queued":
      return "queued";
    case "succeeded":
      return "completed";
    case "failed":
    case "cancelled":
      return "failed";
    default:
      return "in_progress";
  }
}
