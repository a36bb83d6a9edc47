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
])("the error code %s in the stage %s maps to MoneyPrinterTurbo's failed_stage %s", (code, stage, expected) => {
  expect(failedStageOf({ code, stage })).toBe(expected);
});

test.each(taskErrorCodes)("the error code %s maps to one of MoneyPrinterTurbo's failed stages", (code) => {
  expect(failedStages).toContain(failedStageOf({ code, stage: "rendering" }));
});

test("the error of a task stored by version 0.1.0 is read as its failure", () => {
  const error = { code: "timeout", stage: "rendering", message: "too slow", retryable: false };
  expect(withFailure({ id: "a", error })).toEqual({ id: "a", failure: error });
  expect(withFailure({ id: "a", error: null })).toEqual({ id: "a", failure: null });
});

test("a stored error without a retryable field is read as a retryable failure", () => {
  const { failure } = withFailure({ error: { code: "timeout", stage: "rendering", message: "slow" } }) as {
    failure: unknown;
  };
  expect(taskFailureSchema.parse(failure)).toMatchObject({ code: "timeout", retryable: true });
});

test("a task record stored by this version is returned unchanged", () => {
  const record = { id: "a", failure: null };
  expect(withFailure(record)).toBe(record);
});
