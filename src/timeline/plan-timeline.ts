import { CodedError } from "../api/errors.ts";
import type { VideoAspect, VideoRequest } from "../api/video-request.ts";
import type { Cue } from "../captions/timing/cue-timing.ts";
import type { EncoderSettings } from "../protocol/render-job.ts";
import { cutSegments, type Segment } from "./segments.ts";
import { planShots, type Shot, type ShotOptions, type Source } from "./shots.ts";

/** Frames per second of every output video. */
export const FRAME_RATE = 30;
/** Max frames of the first segment. One second, so that every renderer finishes it soon and watching can begin. */
const MAX_OPENING_FRAMES = FRAME_RATE;
/** Audio samples per second of every soundtrack. */
export const SAMPLE_RATE = 48_000;

/** The limits and settings of a renderer that planning must respect. */
export interface RenderLimits {
  /** Length of the frame's shorter side, in pixels. */
  shortSide: number;
  /** Max duration of one segment, in seconds. */
  segmentSeconds: number;
  /** Max width × height × seconds of one segment. */
  segmentPixelSeconds: number;
  /** Max bytes of all inputs of one job. */
  inputBytes: number;
  /** Max total duration of all videos of a task, in seconds. */
  totalSeconds: number;
  encoder: EncoderSettings;
}

/** A request cannot be planned. The message tells the client what to change. */
export class PlanError extends CodedError {
  override name = "PlanError";

  constructor(code: "renderer_limit" | "material_missing", message: string) {
    super(code, message);
  }
}

/** The plan of one video. */
export interface Timeline {
  /** Length in output frames. */
  frames: number;
  shots: Shot[];
  segments: Segment[];
  cues: Cue[];
}

/** The frame size in pixels for an aspect ratio. Both sides are even. `shortSide` must be even. */
export function frameSize(aspect: VideoAspect, shortSide: number): { width: number; height: number } {
  const [x = 1, y = 1] = aspect.split(":").map(Number);
  const long = 2 * Math.round((shortSide * Math.max(x, y)) / Math.min(x, y) / 2);
  return x >= y ? { width: long, height: shortSide } : { width: shortSide, height: long };
}

/**
 * The frame size that a request asks for, in pixels: its `video_size`, reduced to the renderer's limit, or the size for its
 * `video_aspect`. Both sides are even.
 *
 * @param shortSide max length of the shorter side; with `video_aspect`, its length. Must be even.
 */
export function requestedFrame(
  { video_aspect, video_size }: Pick<VideoRequest, "video_aspect" | "video_size">,
  shortSide: number,
): { width: number; height: number } {
  if (video_size === null) return frameSize(video_aspect, shortSide);
  const [width = 2, height = 2] = video_size.split("x").map(Number);
  const scale = Math.min(1, shortSide / Math.min(width, height));
  const even = (side: number) => 2 * Math.round((side * scale) / 2);
  return { width: even(width), height: even(height) };
}

/**
 * Plans all videos of a task. Deterministic: the same arguments give the same plan.
 *
 * @param sources the request's materials, in the request's order.
 * @param narration duration of the narration in seconds, or null if there is no narration.
 * @param seed decides all random choices.
 * @param cuesOf returns the subtitles for a video with the given number of frames.
 * @throws PlanError `renderer_limit` if the plan exceeds the renderer's limits.
 */
export function planTimelines(
  request: VideoRequest,
  sources: readonly Source[],
  narration: number | null,
  limits: RenderLimits,
  seed: string,
  cuesOf: (frames: number) => Cue[] = () => [],
): Timeline[] {
  const longest = segmentFrames(request, limits);
  const seen = new Set<string>();
  // Check before planning, because an uploaded file can claim any duration.
  const spokenFrames = narration === null ? null : Math.max(1, Math.round(narration * FRAME_RATE));
  const wantedFrames = request.video_duration === null ? null : Math.round(request.video_duration * FRAME_RATE);
  const totalFrames =
    spokenFrames === null && wantedFrames === null ? null : Math.max(spokenFrames ?? 0, wantedFrames ?? 0);
  if (totalFrames !== null) checkTotal((totalFrames * request.video_count) / FRAME_RATE, limits);
  const timelines = Array.from({ length: request.video_count }, (_, variant) => {
    const shots = distinctShots(sources, seen, {
      mode: request.video_concat_mode,
      clipDuration: request.video_clip_duration,
      clipSpeed: request.video_clip_speed,
      imageMotion: request.image_motion,
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
      segments: cutSegments(shots, { longest, opening: MAX_OPENING_FRAMES, grid: FRAME_RATE }),
      // Subtitles follow the narration, not the silence after it.
      cues: cuesOf(Math.min(frames, spokenFrames ?? frames)),
    };
  });
  checkTotal(timelines.reduce((sum, timeline) => sum + timeline.frames, 0) / FRAME_RATE, limits);
  return timelines;
}

/** Max attempts to shuffle a video's shots into an order that no other video of the task has. */
const MAX_SHUFFLES = 32;

/** Plans the shots of one video, if possible in an order that is not in `seen`. Adds the order to `seen`. */
function distinctShots(sources: readonly Source[], seen: Set<string>, options: ShotOptions): Shot[] {
  let shots = planShots(sources, options);
  const order = () => JSON.stringify(shots.map(({ source, start, frames }) => [source, start, frames]));
  for (let shuffle = 1; options.mode === "random" && seen.has(order()) && shuffle < MAX_SHUFFLES; shuffle++) {
    shots = planShots(sources, { ...options, seed: `${options.seed}/${shuffle}` });
  }
  seen.add(order());
  return shots;
}

/** @param total total duration of all videos of a task, in seconds. */
function checkTotal(total: number, limits: RenderLimits): void {
  if (total <= limits.totalSeconds) return;
  throw new PlanError(
    "renderer_limit",
    `the task's videos have a total duration of ${total.toFixed(1)} s; the max for this renderer is ${limits.totalSeconds} s: ` +
      "use a shorter custom_audio_file or video_duration, fewer video_materials, a lower video_clip_duration or video_count, or a native renderer",
  );
}

/** Max frames of one segment at this frame size, a multiple of {@link FRAME_RATE}. */
function segmentFrames(request: Pick<VideoRequest, "video_aspect" | "video_size">, limits: RenderLimits): number {
  const { width, height } = requestedFrame(request, limits.shortSide);
  const seconds = Math.min(limits.segmentSeconds, limits.segmentPixelSeconds / (width * height));
  if (seconds < 1) {
    throw new PlanError(
      "renderer_limit",
      `one second of ${width}×${height} is ${width * height} pixel-seconds; the max for one segment of this renderer is ${limits.segmentPixelSeconds}: ` +
        "lower WASM_SHORT_SIDE, raise WASM_SEGMENT_PIXEL_SECONDS, or use a native renderer",
    );
  }
  return Math.floor(seconds) * FRAME_RATE;
}
