import { type VideoRequest, videoRequestSchema } from "../../../src/api/video-request.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { readFont } from "../../../src/captions/fonts/read-font-file.ts";
import { captionPlanner } from "../../../src/captions/plan-captions.ts";
import type { Cue } from "../../../src/captions/timing/cue-timing.ts";
import { FRAME_RATE, planTimelines, type RenderLimits, type Timeline } from "../../../src/timeline/plan-timeline.ts";
import type { Source } from "../../../src/timeline/shots.ts";
import { fontFile } from "../../support/fonts.ts";

/** The limits of the renderer in these tests. */
export const limits: RenderLimits = {
  shortSide: 720,
  segmentSeconds: 2,
  segmentPixelSeconds: 2_500_000,
  inputBytes: 1e9,
  totalSeconds: 1e9,
  encoder: { preset: "ultrafast", crf: 23 },
};

/** A parsed request with these fields. */
export const request = (fields: object = {}) =>
  videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], video_concat_mode: "sequential", ...fields });
const fonts = [readFont(fontFile("NotoSans-Regular.ttf"))];

/** The caption planner for a request. Kept by the script, because breaking long scripts into lines takes a while. */
export function subtitles(asked: VideoRequest): (frames: number) => Cue[] {
  const key = asked.subtitle_enabled ? asked.video_script : "";
  const known = planners.get(key);
  if (known) return known;
  const style = captionStyle(asked, { width: 720, height: 1280 });
  const planner = captionPlanner(asked, style, { fonts, timed: null }, FRAME_RATE);
  const cues = new Map<number, Cue[]>();
  const cached = (frames: number) => {
    const made = cues.get(frames) ?? planner(frames);
    cues.set(frames, made);
    return made;
  };
  planners.set(key, cached);
  return cached;
}
const planners = new Map<string, (frames: number) => Cue[]>();

/** The shown pieces in order: source, start in the source in seconds, and number of frames. */
export const pieces = (timeline: Timeline | undefined) =>
  timeline?.segments.flatMap((segment) =>
    segment.pieces.map(({ shot, offset, frames }) => ({
      source: shot.source,
      start: shot.start + (offset * shot.speed) / FRAME_RATE,
      frames,
    })),
  ) ?? [];

/** Plans the timelines of a request. */
export const plan = (sources: Source[], fields: object = {}, narration: number | null = null, seed = "seed") =>
  planTimelines(request(fields), sources, narration, limits, seed, subtitles(request(fields)));
