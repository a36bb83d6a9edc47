import { expect, test } from "vitest";
import { taskSummarySchema } from "../../../src/db/task-summary.ts";

/** The summary of a task, as version 0.1.0 wrote it. */
const written = {
  task_id: "6c85c8cc-a77a-42b9-bc30-947815aa0558",
  stage: "failed",
  progress: 40,
  video_subject: "",
  video_count: 1,
  renderer: "wasm",
  width: 720,
  height: 1280,
  durations: [7.3],
  captioned: [],
  illustrated: [],
  segments: { total: 4, finished: 1 },
  streams: [],
  error: { code: "ffmpeg_failed", stage: "rendering", message: "no moov", retryable: false },
  attempts: 1,
  revision: 9,
  pace: null,
  created_at: "2026-11-01T00:00:00.000Z",
  updated_at: "2026-11-01T00:01:00.000Z",
};

test("the row of a task that failed under version 0.1.0 is listed with its failure", () => {
  const { error, ...rest } = written;
  expect(taskSummarySchema.parse(written)).toEqual({
    ...rest,
    failure: error,
    authored: null,
    stop_at: "video",
    outputs: ["final", "combined"],
    caption_timing: null,
  });
});

test("the row of a task that succeeded under version 0.1.0 is listed without a failure", () => {
  expect(taskSummarySchema.parse({ ...written, stage: "succeeded", error: null })).toMatchObject({ failure: null });
});
