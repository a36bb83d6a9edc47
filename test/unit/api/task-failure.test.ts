import { expect, test } from "vitest";
import { type TaskErrorCode, taskErrorCodes } from "../../../src/api/errors.ts";
import { failedStageOf, taskFailureSchema, withFailure } from "../../../src/api/task-failure.ts";
import { failedStages, type Stage } from "../../../src/api/task-state.ts";

test.each<[TaskErrorCode, Stage, string]>([
  ["renderer_limit", "planning", "preflight"],
  ["input_unreachable", "planning", "materials"],
  ["bad_input", "rendering", "materials"],
  ["ffmpeg_failed", "rendering", "video"],
  ["join_failed", "assembling", "video"],
  ["timeout", "planning", "preflight"],
  ["cancelled", "queued", "preflight"],
  ["cancelled", "rendering", "video"],
  ["job_lost", "rendering", "pipeline"],
  ["internal_error", "planning", "pipeline"],
])("the failure %s in the stage %s has MoneyPrinterTurbo's failed_stage %s", (code, stage, expected) => {
  expect(failedStageOf({ code, stage })).toBe(expected);
});

test.each(taskErrorCodes)("every failure %s has one of MoneyPrinterTurbo's failed stages", (code) => {
  expect(failedStages).toContain(failedStageOf({ code, stage: "rendering" }));
});

test("the error of a task that version 0.1.0 stored becomes its failure", () => {
  const error = { code: "timeout", stage: "rendering", message: "too slow", retryable: false };
  expect(withFailure({ id: "a", error })).toEqual({ id: "a", failure: error });
  expect(withFailure({ id: "a", error: null })).toEqual({ id: "a", failure: null });
});

test("an error without retryable, as the first tasks had, becomes a failure that can be retried", () => {
  const { failure } = withFailure({ error: { code: "timeout", stage: "rendering", message: "slow" } }) as {
    failure: unknown;
  };
  expect(taskFailureSchema.parse(failure)).toMatchObject({ code: "timeout", retryable: true });
});

test("a task that this version stored stays as it is", () => {
  const record = { id: "a", failure: null };
  expect(withFailure(record)).toBe(record);
});
