import { z } from "zod";
import { taskErrorCodes, taskErrors } from "./errors.ts";
import { type FailedStage, type Stage, stages } from "./task-state.ts";

/** Why a task failed, or that it was cancelled: the one form for storage, responses, events and webhooks. */
export const taskFailureSchema = z
  .strictObject({
    code: z.enum(taskErrorCodes).meta({ description: "See docs/errors.md.", example: "ffmpeg_failed" }),
    stage: z.enum(stages).meta({ description: "The stage of the task in which it failed.", example: "rendering" }),
    message: z.string(),
    retryable: z.boolean().meta({ description: "Whether a retry of the task may succeed without any change." }),
  })
  .meta({ id: "TaskFailure" });
export type TaskFailure = z.infer<typeof taskFailureSchema>;

const FAILED_STAGE_OF: Record<Stage, FailedStage> = {
  queued: "preflight",
  planning: "preflight",
  rendering: "video",
  assembling: "video",
  succeeded: "pipeline",
  failed: "pipeline",
  cancelled: "pipeline",
};

/** MoneyPrinterTurbo's `failed_stage` for a failure: by its code, or else by the stage of the task. */
export function failedStageOf({ code, stage }: Pick<TaskFailure, "code" | "stage">): FailedStage {
  return taskErrors[code].failedStage ?? FAILED_STAGE_OF[stage];
}

/**
 * The stored form of a task with `error` renamed to `failure`: version 0.1.0 kept the failure as `error`,
 * and some of its failures had no `retryable`.
 */
export function withFailure(stored: unknown): unknown {
  if (typeof stored !== "object" || stored === null || !("error" in stored)) return stored;
  const { error, ...rest } = stored as { error: object | null };
  return { ...rest, failure: error && { retryable: true, ...error } };
}
