import { keys, outputNames } from "../media/keys.ts";
import { sha256Hex } from "../media/store.ts";
import { type Input, jobIds, type Plan, type PlannedJob, type RenderWork } from "../tasks/jobs.ts";
import type { TaskInput } from "../tasks/task-store.ts";
import { assDocument } from "../timeline/ass.ts";
import { cuesWithin } from "../timeline/captions.ts";
import {
  FRAME_RATE,
  frameSize,
  PlanError,
  planTimelines,
  type RenderLimits,
  SAMPLE_RATE,
  type Timeline,
} from "../timeline/plan.ts";
import type { Segment, ShotPart } from "../timeline/segments.ts";
import type { Source } from "../timeline/shots.ts";
import { sourcePicture } from "../timeline/source-picture.ts";
import type { MediaProbe, Piece, RenderJob, SegmentJob } from "./protocol.ts";
import type { Renderer } from "./renderer.ts";

/** Goes up when the same job would give other bytes, so that no older segment is taken for it. */
const PICTURE_VERSION = 2;

/** A font that subtitles are drawn with. */
export interface Font {
  input: Input;
  family: string;
}

/**
 * Turns a request into jobs.
 *
 * @throws PlanError
 */
export async function buildPlan(
  taskId: string,
  task: TaskInput,
  renderer: Pick<Renderer, "kind" | "limits">,
  font: Font,
): Promise<Plan> {
  const { request, narration } = task;
  const { limits } = renderer;
  const timelines = planTimelines(
    request,
    task.materials.map(source(task)),
    narration?.probe.duration ?? null,
    limits,
    taskId,
  );
  const { width, height } = frameSize(request.video_aspect, limits.shortSide);
  const jobs: PlannedJob[] = [];
  for (const [index, timeline] of timelines.entries()) {
    const video = index + 1;
    const render = (job: RenderJob, inputs: Input[]) => renderWork(taskId, renderer, job, inputs);
    let soundtrack: RenderWork | null = null;
    // First of all, since nothing can be played without it, and it takes little.
    if (narration) {
      const samples = Math.round((timeline.frames * SAMPLE_RATE) / FRAME_RATE);
      soundtrack = await render({ kind: "soundtrack", samples, sampleRate: SAMPLE_RATE, narration: 0 }, [
        narration.input,
      ]);
      jobs.push({ id: `soundtrack-${video}`, video, phase: "render", weight: timeline.frames / 10, work: soundtrack });
    }
    const segments: { key: string; frames: number }[] = [];
    for (const [number, segment] of timeline.segments.entries()) {
      const { job, inputs } = segmentJob(segment, timeline, task, { width, height }, limits, font);
      const work = await render(job, inputs);
      segments.push({ key: work.key, frames: segment.frames });
      const weight = segment.frames * (job.captions ? 2 : 1);
      jobs.push({ id: `segment-${video}-${number + 1}`, video, phase: "render", weight, work });
    }
    const assemble = (id: "combined" | "final", track: "clean" | "captioned", sound: string | null): PlannedJob => ({
      id: id === "final" ? jobIds.final(video) : `combined-${video}`,
      video,
      phase: "assemble",
      weight: timeline.frames / 10,
      work: {
        kind: "assemble",
        track,
        frameRate: FRAME_RATE,
        segments,
        soundtrack: sound,
        key: keys.output(taskId, outputNames[id](video)),
      },
    });
    jobs.push(assemble("combined", "clean", null), assemble("final", "captioned", soundtrack?.key ?? null));
  }
  return {
    renderer: renderer.kind,
    width,
    height,
    durations: timelines.map(({ frames }) => frames / FRAME_RATE),
    jobs,
  };
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
  size: { width: number; height: number },
  limits: RenderLimits,
  font: Font,
): { job: SegmentJob; inputs: Input[] } {
  const inputs: Input[] = [];
  const place = (input: Input): number => {
    const known = inputs.findIndex(({ sha256 }) => sha256 === input.sha256);
    return known >= 0 ? known : inputs.push(input) - 1;
  };
  const pieces = segment.pieces.map((part) => {
    const material = task.materials[part.shot.source];
    if (!material?.probe.video) throw new PlanError("material_missing", `there is no material ${part.shot.source}`);
    return pieceOf(part, material.probe.video, material.probe.kind, place(material.input));
  });
  const cues = cuesWithin(timeline.cues, segment.start, segment.frames);
  const captions =
    cues.length > 0
      ? { ass: assDocument(cues, { ...size, font: font.family }, FRAME_RATE), font: place(font.input) }
      : null;
  return {
    job: {
      kind: "segment",
      ...size,
      frameRate: FRAME_RATE,
      frames: segment.frames,
      encoder: limits.encoder,
      fit: task.request.video_fit,
      pieces,
      captions,
    },
    inputs,
  };
}

function pieceOf(
  { shot, offset, frames }: ShotPart,
  video: NonNullable<MediaProbe["video"]>,
  kind: MediaProbe["kind"],
  input: number,
): Piece {
  const shared = {
    input,
    frames,
    shot: { frames: shot.frames, offset },
    transition: shot.transition,
    picture: sourcePicture(video),
  };
  if (kind === "image") return { kind, ...shared, zoom: shot.zoom };
  const frameRate = video.variableFrameRate ? null : video.frameRate;
  return { kind: "video", ...shared, start: shot.start + offset / FRAME_RATE, frameRate };
}

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
      `this renderer takes at most ${limits.inputBytes} bytes at once and needs ${names}: upload smaller files, or use a native renderer`,
    );
  }
  const decides = JSON.stringify([PICTURE_VERSION, kind, job, inputs.map(({ sha256 }) => sha256)]);
  return { kind: "render", renderer: kind, job, inputs, key: keys.part(taskId, await sha256Hex(decides)) };
}
