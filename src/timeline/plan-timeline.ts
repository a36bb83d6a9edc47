import type { VideoAspect, VideoRequest } from "../api/video-request.ts";
import type { Cue } from "../captions/cue-timing.ts";
import type { EncoderSettings } from "../protocol/render-job.ts";
import { cutSegments, type Segment } from "./segments.ts";
import { planShots, type Shot, type ShotOptions, type Source } from "./shots.ts";

/** Output frames per second, always. */
export const FRAME_RATE = 30;
/** Frames of the first segment at most: one second, which any renderer has soon. */
const OPENING = FRAME_RATE;
/** Samples per second of every soundtrack. */
export const SAMPLE_RATE = 48_000;

/** What a renderer can do at once, and what it draws best. */
export interface RenderLimits {
  /** Pixels of the frame's shorter side. */
  shortSide: number;
  /** Longest segment, in seconds. */
  segmentSeconds: number;
  /** Width × height × seconds of one segment. */
  segmentPixelSeconds: number;
  /** Bytes of all inputs of one job. */
  inputBytes: number;
  /** Seconds of all of a task's videos together. */
  totalSeconds: number;
  encoder: EncoderSettings;
}

/** A plan that cannot be carried out. */
export class PlanError extends Error {
  override name = "PlanError";
  readonly code: "renderer_limit" | "material_missing";

  constructor(code: PlanError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** One of a task's videos. */
export interface Timeline {
  /** Output frames. */
  frames: number;
  shots: Shot[];
  segments: Segment[];
  cues: Cue[];
}

/** Frame size in pixels, both even, for an aspect and the length of the shorter side. */
export function frameSize(aspect: VideoAspect, shortSide: number): { width: number; height: number } {
  const [x = 1, y = 1] = aspect.split(":").map(Number);
  const long = 2 * Math.round((shortSide * Math.max(x, y)) / Math.min(x, y) / 2);
  return x >= y ? { width: long, height: shortSide } : { width: shortSide, height: long };
}

/**
 * Plans every video of a task. Pure: the same for the same arguments.
 *
 * @param sources the request's materials, in its order.
 * @param narration seconds of the narration, or null where there is none.
 * @param cuesOf the subtitles of a video of so many frames.
 * @throws PlanError `renderer_limit` when the renderer cannot do it, with what to change.
 */
export function planTimelines(
  request: VideoRequest,
  sources: readonly Source[],
  narration: number | null,
  limits: RenderLimits,
  seed: string,
  cuesOf: (frames: number) => Cue[] = () => [],
): Timeline[] {
  const longest = segmentFrames(request.video_aspect, limits);
  const seen = new Set<string>();
  // Before any work: a file may claim any length.
  const totalFrames = narration === null ? null : Math.max(1, Math.round(narration * FRAME_RATE));
  if (totalFrames !== null) checkTotal((totalFrames * request.video_count) / FRAME_RATE, limits);
  const timelines = Array.from({ length: request.video_count }, (_, variant) => {
    const shots = distinctShots(sources, seen, {
      mode: request.video_concat_mode,
      clipDuration: request.video_clip_duration,
      transition: request.video_transition_mode,
      frameRate: FRAME_RATE,
      totalFrames,
      seed,
      variant,
      variants: request.video_count,
    });
    const frames = shots.reduce((sum, shot) => sum + shot.frames, 0);
    return {
      frames,
      shots,
      segments: cutSegments(shots, { longest, opening: OPENING, grid: FRAME_RATE }),
      cues: cuesOf(frames),
    };
  });
  checkTotal(timelines.reduce((sum, timeline) => sum + timeline.frames, 0) / FRAME_RATE, limits);
  return timelines;
}

/** How many shuffles are tried to get pictures in an order that no other video of the task has. */
const MOST_SHUFFLES = 32;

/** The shots of one video, other than those in `seen` if the sources allow it; adds them there. */
function distinctShots(sources: readonly Source[], seen: Set<string>, options: ShotOptions): Shot[] {
  let shots = planShots(sources, options);
  const order = () => JSON.stringify(shots.map(({ source, start, frames }) => [source, start, frames]));
  for (let shuffle = 1; options.mode === "random" && seen.has(order()) && shuffle < MOST_SHUFFLES; shuffle++) {
    shots = planShots(sources, { ...options, seed: `${options.seed}/${shuffle}` });
  }
  seen.add(order());
  return shots;
}

/** @param total seconds of all of a task's videos. */
function checkTotal(total: number, limits: RenderLimits): void {
  if (total <= limits.totalSeconds) return;
  throw new PlanError(
    "renderer_limit",
    `the task's videos are ${total.toFixed(1)} s long together and this renderer makes at most ${limits.totalSeconds} s: ` +
      "use a shorter custom_audio_file, fewer video_materials, a lower video_clip_duration or video_count, or a native renderer",
  );
}

/** The longest segment that the renderer takes at this size, in frames. */
function segmentFrames(aspect: VideoAspect, limits: RenderLimits): number {
  const { width, height } = frameSize(aspect, limits.shortSide);
  const seconds = Math.min(limits.segmentSeconds, limits.segmentPixelSeconds / (width * height));
  if (seconds < 1) {
    throw new PlanError(
      "renderer_limit",
      `one second of ${width}×${height} is ${width * height} pixel-seconds and this renderer takes at most ${limits.segmentPixelSeconds} in one segment: ` +
        "lower WASM_SHORT_SIDE, raise WASM_SEGMENT_PIXEL_SECONDS, or use a native renderer",
    );
  }
  return Math.floor(seconds) * FRAME_RATE;
}
