import type { DryRun } from "../api/dry-run.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { PlannedJob } from "../protocol/task-jobs.ts";
import type { RendererBindings } from "../renderers/bindings.ts";
import { planForPreferred, renderersFor } from "../renderers/choose-renderer.ts";
import type { InputBindings } from "../storage/open-input.ts";
import { FRAME_RATE, type Timeline } from "../timeline/plan-timeline.ts";
import { type BuiltPlan, buildPlan, encodedTracks } from "./build-plan.ts";
import { loadCaptionSources } from "./load-caption-sources.ts";
import { timeCaptions } from "./time-captions.ts";

/**
 * Plans a task for the preferred renderer, as the plan job does, but stores nothing.
 *
 * @param seed decides the random choices. For a real task, the seed is the task's id.
 * @throws PlanError, FontError, SubtitleFileError, InputMissingError
 */
export async function dryRun(env: InputBindings & RendererBindings, task: TaskInput, seed: string): Promise<DryRun> {
  const { captions } = timeCaptions(task, await loadCaptionSources(env, task), { spoken: null, levels: null });
  const candidates = await renderersFor(env, []);
  return describePlan(
    await planForPreferred(candidates, [], (renderer) => buildPlan(seed, task, renderer, captions)),
    task,
  );
}

/** The public form of a plan. */
export function describePlan({ plan, timelines }: BuiltPlan, task: Pick<TaskInput, "materials" | "warnings">): DryRun {
  const { renderer, width, height, durations, jobs } = plan;
  return {
    dry_run: true,
    renderer,
    width,
    height,
    durations,
    videos: timelines.map((timeline) => describeTimeline(timeline, task)),
    pixel_seconds: jobs.reduce((sum, job) => sum + pixelSeconds(job), 0),
    warnings: task.warnings ?? [],
  };
}

function describeTimeline(timeline: Timeline, { materials }: Pick<TaskInput, "materials">): DryRun["videos"][number] {
  let position = 0;
  const shots = timeline.shots.map(({ source, start, frames, transition }) => {
    const begin = position;
    position += frames;
    return {
      file: materials[source]?.input.name ?? "",
      start: begin / FRAME_RATE,
      source_start: start,
      duration: frames / FRAME_RATE,
      transition: transition && {
        kind: transition.kind,
        side: "side" in transition ? transition.side : null,
        duration: transition.frames / FRAME_RATE,
      },
    };
  });
  const segments = timeline.segments.map(({ start, frames }) => ({
    start: start / FRAME_RATE,
    duration: frames / FRAME_RATE,
  }));
  return { duration: timeline.frames / FRAME_RATE, shots, segments };
}

/** Width × height × seconds that a job encodes. A segment with two tracks counts twice. */
function pixelSeconds({ work }: PlannedJob): number {
  if (work.kind !== "render" || work.job.kind !== "segment") return 0;
  const { width, height, frames, frameRate } = work.job;
  return (width * height * frames * encodedTracks(work.job)) / frameRate;
}
