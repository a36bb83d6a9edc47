import type { VideoOutput } from "../api/fields/pictures.ts";
import type { RendererKind } from "../api/task-state.ts";
import { assDocument } from "../captions/ass-document.ts";
import { type CaptionStyle, captionStyle } from "../captions/caption-style.ts";
import { captionPlanner } from "../captions/plan-captions.ts";
import { srtDocument, vttDocument } from "../captions/write-subtitle-file.ts";
import { wordsJsonDocument, wordsVttDocument } from "../captions/write-word-files.ts";
import type { RenderJob, SegmentJob } from "../protocol/render-job.ts";
import type { TaskInput } from "../protocol/task-input.ts";
import {
  type Input,
  jobIds,
  type Plan,
  type PlannedJob,
  type RenderWork,
  type SideFile,
} from "../protocol/task-jobs.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { keys, outputNames } from "../storage/keys.ts";
import {
  FRAME_RATE,
  PlanError,
  planTimelines,
  type RenderLimits,
  requestedFrame,
  type Timeline,
} from "../timeline/plan-timeline.ts";
import type { Segment } from "../timeline/segments.ts";
import type { Source } from "../timeline/shots.ts";
import { sha256Hex } from "../util/sha256.ts";
import { drawnCaptions } from "./drawn-captions.ts";
import { indexOfInput } from "./job-inputs.ts";
import type { CaptionMaterials, CaptionSources } from "./load-caption-sources.ts";
import { pieceOf } from "./piece-of-shot.ts";
import { soundtrackJob } from "./soundtrack-job.ts";

/**
 * Part of the hash in the key of a rendered file. Increase it with every change that gives a job other bytes, so that
 * tasks do not reuse segments from before the change.
 */
const RENDERED_FORMAT_VERSION = 3;

/** A plan, with the timelines that it was made from. */
export interface BuiltPlan {
  plan: Omit<Plan, "authored">;
  /** Files that must be written before the plan is stored. */
  files: SideFile[];
  /** The timeline of each video. */
  timelines: Timeline[];
}

/**
 * Plans the jobs of a task for a renderer. The same arguments always give the same plan.
 *
 * @throws PlanError `renderer_limit` if the request exceeds a limit of the renderer; `material_missing`.
 */
export async function buildPlan(
  taskId: string,
  task: TaskInput,
  renderer: Pick<Renderer, "kind" | "limits">,
  captions: CaptionMaterials,
): Promise<BuiltPlan> {
  const { request, narration } = task;
  const { limits } = renderer;
  const { width, height } = requestedFrame(request, limits.shortSide);
  const style = captionStyle(request, { width, height });
  const { timed, sentences = null } = captions;
  const material = { fonts: captions.fonts.map(({ font }) => font), timed, sentences };
  const timelines = planTimelines(
    request,
    task.materials.map(source(task)),
    narration?.probe.duration ?? null,
    limits,
    taskId,
    captionPlanner(request, style, material, FRAME_RATE),
  );
  const jobs: PlannedJob[] = [];
  for (const [index, timeline] of timelines.entries()) {
    const video = index + 1;
    const render = (job: RenderJob, inputs: Input[]) => renderWork(taskId, renderer, job, inputs);
    let soundtrack: RenderWork | null = null;
    const sound = request.outputs.includes("final") ? soundtrackJob(timeline, task) : null;
    if (sound) {
      soundtrack = await render(sound.job, sound.inputs);
      const phase = video === 1 ? "opening" : "render";
      jobs.push({ id: `soundtrack-${video}`, video, phase, weight: timeline.frames / 10, work: soundtrack });
    }
    const segments: { key: string; frames: number }[] = [];
    for (const [number, segment] of timeline.segments.entries()) {
      const { job, inputs } = segmentJob(segment, timeline, task, style, limits, captions.fonts);
      const work = await render(job, inputs);
      segments.push({ key: work.key, frames: segment.frames });
      const weight = segment.frames * encodedTracks(job);
      const phase = video === 1 && number === 0 ? "opening" : "render";
      jobs.push({ id: `segment-${video}-${number + 1}`, video, phase, weight, work });
    }
    const assemble = (output: VideoOutput): PlannedJob => ({
      id: jobIds[output](video),
      video,
      phase: "assemble",
      weight: timeline.frames / 10,
      work: {
        kind: "assemble",
        track: output === "final" ? "captioned" : "clean",
        frameRate: FRAME_RATE,
        segments,
        soundtrack: output === "final" ? (soundtrack?.key ?? null) : null,
        ...(request.video_subject ? { title: request.video_subject } : {}),
        key: keys.output(taskId, outputNames[output](video)),
      },
    });
    jobs.push(...request.outputs.toReversed().map(assemble));
    jobs.push(stillsJob(taskId, video, timeline, renderer.kind, request.outputs));
  }
  const captioned = timelines.flatMap(({ cues }, index) => (cues.length > 0 ? [index + 1] : []));
  const durations = timelines.map(({ frames }) => frames / FRAME_RATE);
  return {
    plan: {
      renderer: renderer.kind,
      width,
      height,
      durations,
      captioned,
      captionTiming: captioned.length > 0 ? captions.timing : null,
      jobs,
    },
    files: captioned.flatMap((video) => captionFiles(taskId, video, timelines[video - 1]?.cues ?? [], style, captions)),
    timelines,
  };
}

/** How many pictures are encoded for each frame of a segment: with captions, and without. */
export function encodedTracks({ captions, clean }: SegmentJob): 1 | 2 {
  return captions && clean !== false ? 2 : 1;
}

/**
 * The job for a video's poster and storyboard. It uses the video without subtitles if that is made, because half a
 * sentence tells nothing about a video.
 */
function stillsJob(
  taskId: string,
  video: number,
  timeline: Timeline,
  renderer: RendererKind,
  outputs: readonly VideoOutput[],
): PlannedJob {
  const key = (name: VideoOutput | "poster" | "storyboardImage" | "storyboardVtt") =>
    keys.output(taskId, outputNames[name](video));
  return {
    id: `stills-${video}`,
    video,
    phase: "stills",
    weight: timeline.frames / 20,
    work: {
      kind: "stills",
      renderer,
      video: key(outputs.includes("combined") ? "combined" : "final"),
      poster: key("poster"),
      storyboard: { image: key("storyboardImage"), vtt: key("storyboardVtt") },
    },
  };
}

/** The subtitle files that users download. */
export function captionFiles(
  taskId: string,
  video: number,
  cues: Timeline["cues"],
  style: CaptionStyle,
  { fonts }: Pick<CaptionSources, "fonts">,
): SideFile[] {
  const file = (name: string, contentType: string, text: string): SideFile => ({
    key: keys.output(taskId, name),
    contentType,
    text,
  });
  const { text: ass } = assDocument(
    cues,
    style,
    fonts.map(({ font }) => font),
    FRAME_RATE,
  );
  return [
    file(outputNames.srt(video), "application/x-subrip; charset=utf-8", srtDocument(cues, FRAME_RATE)),
    file(outputNames.vtt(video), "text/vtt; charset=utf-8", vttDocument(cues, FRAME_RATE)),
    file(outputNames.wordsVtt(video), "text/vtt; charset=utf-8", wordsVttDocument(cues, FRAME_RATE)),
    file(outputNames.wordsJson(video), "application/json", wordsJsonDocument(cues, FRAME_RATE)),
    file(outputNames.ass(video), "text/x-ssa; charset=utf-8", ass),
  ];
}

function source({ request }: TaskInput) {
  return ({ probe }: TaskInput["materials"][number], index: number): Source => ({
    kind: probe.kind === "image" ? "image" : "video",
    start: probe.video?.start ?? 0,
    duration: probe.duration,
    limit: request.video_materials[index]?.duration ?? 0,
  });
}

function segmentJob(
  segment: Segment,
  timeline: Timeline,
  task: TaskInput,
  style: CaptionStyle,
  limits: RenderLimits,
  fonts: CaptionSources["fonts"],
): { job: SegmentJob; inputs: Input[] } {
  const inputs: Input[] = [];
  const pieces = segment.pieces.map((part) => {
    const material = task.materials[part.shot.source];
    if (!material?.probe.video) {
      throw new PlanError("material_missing", `video_materials[${part.shot.source}] is missing or has no picture`);
    }
    return pieceOf(part, material.probe, material.probe.video, indexOfInput(inputs, material.input));
  });
  const { video_fit, outputs } = task.request;
  const window = { start: segment.start, end: segment.start + segment.frames };
  const captions = outputs.includes("final") ? drawnCaptions(timeline.cues, style, fonts, window, inputs) : null;
  return {
    job: {
      kind: "segment",
      width: style.width,
      height: style.height,
      frameRate: FRAME_RATE,
      frames: segment.frames,
      encoder: limits.encoder,
      fit: video_fit,
      ...(captions && !outputs.includes("combined") ? { clean: false as const } : {}),
      pieces,
      captions,
    },
    inputs,
  };
}

/** @throws PlanError `renderer_limit` if the inputs are too large for the renderer. */
async function renderWork(
  taskId: string,
  { kind, limits }: Pick<Renderer, "kind" | "limits">,
  job: RenderJob,
  inputs: Input[],
): Promise<RenderWork> {
  const size = inputs.reduce((sum, input) => sum + input.size, 0);
  if (size > limits.inputBytes) {
    const names = inputs.map((input) => `${input.name} (${input.size} bytes)`).join(", ");
    throw new PlanError(
      "renderer_limit",
      `one job of this renderer can read at most ${limits.inputBytes} bytes, but needs ${names}: upload smaller files, or use a native renderer`,
    );
  }
  return {
    kind: "render",
    renderer: kind,
    job,
    inputs,
    key: keys.rendered(taskId, await renderedHash(kind, job, inputs)),
  };
}

/** A hash of everything that decides the bytes of a job's result. */
export function renderedHash(renderer: RendererKind, job: RenderJob, inputs: readonly Input[]): Promise<string> {
  return sha256Hex(JSON.stringify([RENDERED_FORMAT_VERSION, renderer, job, inputs.map(({ sha256 }) => sha256)]));
}
