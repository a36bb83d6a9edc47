import { z } from "zod";
import { taskErrorCodes, taskErrors } from "./errors.ts";
import { type FailedStage, type Stage, stages } from "./task-state.ts";

/** Why a task failed or was cancelled. Storage, responses, events and webhooks all use this form. */
export const taskFailureSchema = z
  .strictObject({
    code: z.enum(taskErrorCodes).meta({ description: "See docs/errors.md.", example: "ffmpeg_failed" }),
    stage: z.enum(stages).meta({ description: "The stage of the task in which it failed.", example: "rendering" }),
    message: z.string(),
    retryable: z.boolean().meta({ description: "Whether a retry of the task may succeed without any change." }),
    part: z.literal("terms").optional().meta({
      description: "`terms` if the search terms could not be written, as opposed to the script.",
    }),
  })
  .meta({ id: "TaskFailure" });
export type TaskFailure = z.infer<typeof taskFailureSchema>;

const FAILED_STAGE_OF: Record<Stage, FailedStage> = {
  queued: "preflight",
  writing: "script",
  speaking: "audio",
  gathering: "materials",
  planning: "preflight",
  rendering: "video",
  assembling: "video",
  succeeded: "pipeline",
  failed: "pipeline",
  cancelled: "pipeline",
};

/** MoneyPrinterTurbo's `failed_stage` for a failure. It depends on the error code, or else on the stage of the task. */
export function failedStageOf({ code, stage, part }: Pick<TaskFailure, "code" | "stage" | "part">): FailedStage {
  return taskErrors[code].failedStage ?? part ?? FAILED_STAGE_OF[stage];
}

/**
 * Converts a stored task of version 0.1.0 to today's form. That version stored the failure as `error`, and some
 * failures without `retryable`. Returns any other value unchanged.
 */
export function withFailure(stored: unknown): unknown {
  if (typeof stored !== "object" || stored === null || !("error" in stored)) return stored;
  const { error, ...rest } = stored as { error: object | null };
  return { ...rest, failure: error && { retryable: true, ...error } };
}
