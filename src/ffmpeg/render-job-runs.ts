import type { RenderJob } from "../protocol/render-job.ts";
import { segmentArguments } from "./segment-arguments.ts";
import { soundtrackRuns } from "./soundtrack-arguments.ts";
import { speechArguments } from "./speech-arguments.ts";
import { stillsArguments } from "./stills-arguments.ts";

/**
 * The ffmpeg runs of a render job, as argument lists. ffmpeg must run in a directory laid out as JOB_FILES.
 * Runs that only measure are yielded: pass the last 40 lines or more of their log to `next`. The last run, which writes
 * the output, is returned. Pure and shared by all renderers, so that every renderer makes the same picture and sound.
 *
 * @example
 * const runs = ffmpegRuns(job, { threads: 1 });
 * let run = runs.next();
 * while (!run.done) run = runs.next(ffmpeg(run.value).log);
 * ffmpeg(run.value);
 * @throws MeasurementError from `next`, if the log has no measurement.
 */
export function* ffmpegRuns(job: RenderJob, options: { threads: number }): Generator<string[], string[], string> {
  switch (job.kind) {
    case "segment":
      return segmentArguments(job, options);
    case "soundtrack":
      return yield* soundtrackRuns(job);
    case "stills":
      return stillsArguments(job, options);
    case "speech":
      return speechArguments(job);
  }
}
