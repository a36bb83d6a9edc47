import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { assDocument } from "../../../src/captions/ass-document.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { captionPlanner } from "../../../src/captions/plan-captions.ts";
import type { Cue } from "../../../src/captions/timing/cue-timing.ts";
import type { SegmentJob } from "../../../src/protocol/render-job.ts";
import { ffmpeg } from "../../support/ffmpeg.ts";
import { fontsFor } from "../../support/fonts.ts";
import { segmentJob, videoPiece } from "../../support/jobs.ts";
import { findPixels } from "./drawn-captions.ts";

/** Size of the rendered frames in pixels. */
export const WIDTH = 360;
export const HEIGHT = 640;
/** Length of the rendered segments in frames. */
export const FRAMES = 30;

/** A plain grey clip, on which every drawn pixel is visible. */
export async function greyClip(): Promise<Uint8Array<ArrayBuffer>> {
  const { output } = await ffmpeg(
    {},
    ...["-f", "lavfi", "-i", `color=0x606060:s=${WIDTH}x${HEIGHT}:r=30:d=1`],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-crf", "1", "-f", "mp4", "output"],
  );
  return output;
}

/**
 * Makes the job that draws a script as subtitles in a black box, or with the given request fields. Also returns the font files,
 * which are the job's inputs after the clip, and the cues.
 */
export function captionedJob(
  script: string,
  fields: object = {},
): { job: SegmentJob; fonts: Uint8Array[]; cues: Cue[] } {
  const plain = { video_materials: [{ url: "a.mp4" }], video_script: script, text_background_color: true };
  const request = videoRequestSchema.parse({ ...plain, ...fields });
  const loaded = fontsFor(script);
  const fonts = loaded.map(({ font }) => font);
  const style = captionStyle(request, { width: WIDTH, height: HEIGHT });
  const cues = captionPlanner(request, style, { fonts, timed: null }, 30)(FRAMES);
  const { text, fonts: used, ...drawing } = assDocument(cues, style, fonts, 30);
  const files = used.flatMap((index) => loaded[index]?.file ?? []);
  const job = segmentJob([videoPiece({ frames: FRAMES })], {
    ...{ width: WIDTH, height: HEIGHT, encoder: { preset: "ultrafast", crf: 4 } },
    captions: { ass: text, fonts: files.map((_, index) => index + 1), ...drawing },
  });
  return { job, fonts: files, cues };
}

/** A frame as RGB bytes. */
export interface Picture {
  pixels: Uint8Array;
}

/** Decodes a frame of the track with subtitles. Throws if the segment has no such frame. */
export async function frameOf(segment: Uint8Array, frame: number): Promise<Picture> {
  const { output, exitCode, log } = await ffmpeg(
    { segment },
    ...["-i", "segment", "-map", "0:v:1", "-vf", `select=eq(n\\,${frame}),scale=in_color_matrix=bt709`],
    ...["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  if (exitCode !== 0 || output.byteLength !== WIDTH * HEIGHT * 3) throw new Error(log);
  return { pixels: output };
}

/** Finds the pixels near a colour. Returns their number and bounding box. */
export function find({ pixels }: Picture, [red, green, blue]: readonly [number, number, number], near = 40) {
  const isNear = (r: number, g: number, b: number) =>
    Math.max(Math.abs(r - red), Math.abs(g - green), Math.abs(b - blue)) <= near;
  return findPixels({ width: WIDTH, height: HEIGHT, pixels }, isNear);
}
