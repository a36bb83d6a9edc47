import type { RenderJob } from "../protocol/render-job.ts";
import { segmentArguments } from "./segment-arguments.ts";
import { soundtrackRuns } from "./soundtrack-arguments.ts";
import { stillsArguments } from "./stills-arguments.ts";

/**
 * The ffmpeg runs of a job, in a directory laid out as JOB_FILES: those that measure are yielded and
 * want their log back (its last 40 lines are enough); the one that writes the output is returned.
 * Pure, and the same for every renderer, so that they make the same picture and sound.
 *
 * @example
 * const runs = ffmpegRuns(job, { threads: 1 });
 * let run = runs.next();
 * while (!run.done) run = runs.next(ffmpeg(run.value).log);
 * ffmpeg(run.value);
 * @throws MeasurementError, from `next`, for a log without a measurement.
 */
export function* ffmpegRuns(job: RenderJob, options: { threads: number }): Generator<string[], string[], string> {
  switch (job.kind) {
    case "segment":
      return segmentArguments(job, options);
    case "soundtrack":
      return yield* soundtrackRuns(job);
    case "stills":
      return stillsArguments(job, options);
  }
}
