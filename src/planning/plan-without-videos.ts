import { captionStyle } from "../captions/caption-style.ts";
import { captionPlanner } from "../captions/plan-captions.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import type { Plan, SideFile } from "../protocol/task-jobs.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { FRAME_RATE, requestedFrame } from "../timeline/plan-timeline.ts";
import { captionFiles } from "./build-plan.ts";
import type { CaptionMaterials } from "./load-caption-sources.ts";

/**
 * The plan of a task that ends before its videos: it has no jobs. With `stop_at: "subtitle"` it has the subtitle files of
 * one video.
 */
export function planWithoutVideos(
  taskId: string,
  { request, narration, authoring }: TaskInput,
  renderer: Pick<Renderer, "kind" | "limits">,
  captions: CaptionMaterials,
): { plan: Omit<Plan, "authored">; files: SideFile[] } {
  const { width, height } = requestedFrame(request, renderer.limits.shortSide);
  const style = captionStyle(request, { width, height });
  const plan = { renderer: renderer.kind, width, height, durations: [], captioned: [], jobs: [] };
  if (authoring?.stopAt !== "subtitle") return { plan, files: [] };
  const { timed, sentences = null } = captions;
  const material = { fonts: captions.fonts.map(({ font }) => font), timed, sentences };
  const frames = Math.max(1, Math.round((narration?.probe.duration ?? 0) * FRAME_RATE));
  const cues = captionPlanner(request, style, material, FRAME_RATE)(frames);
  const captioned = cues.length > 0 ? [1] : [];
  return {
    plan: {
      ...plan,
      durations: [frames / FRAME_RATE],
      captioned,
      captionTiming: captioned.length > 0 ? captions.timing : null,
    },
    files: captioned.length > 0 ? captionFiles(taskId, 1, cues, style, captions) : [],
  };
}
