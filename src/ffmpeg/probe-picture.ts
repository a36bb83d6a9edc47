import { z } from "zod";
import type { MediaProbe } from "../protocol/render-job.ts";

type ProbedPicture = NonNullable<MediaProbe["video"]>;

const text = z.string().optional().catch(undefined);
const sideDataSchema = z
  .array(z.object({ side_data_type: text, rotation: z.number().optional().catch(undefined) }))
  .catch([]);

/** A video stream in ffprobe's output. */
export const ffprobePictureSchema = z.object({
  index: z.number().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: text,
  pix_fmt: text,
  bits_per_raw_sample: z.coerce.number().optional().catch(undefined),
  field_order: text,
  color_range: text,
  color_space: text,
  color_transfer: text,
  color_primaries: text,
  avg_frame_rate: text,
  r_frame_rate: text,
  start_time: z.coerce.number().catch(0),
  tags: z.record(z.string(), z.unknown()).catch({}),
  side_data_list: sideDataSchema,
});
type StreamDescription = z.infer<typeof ffprobePictureSchema>;

/** A decoded frame in ffprobe's output. */
export const ffprobeFrameSchema = z.object({
  stream_index: z.number().optional(),
  interlaced_frame: z.number().optional(),
  top_field_first: z.number().optional(),
  best_effort_timestamp_time: z.coerce.number().optional().catch(undefined),
  side_data_list: sideDataSchema,
});
type FrameDescription = z.infer<typeof ffprobeFrameSchema>;

/**
 * Combines what ffprobe reports about a video stream and its first frames.
 *
 * @param frames the first frames of the stream; can be empty.
 * @param fileStart first timestamp of the file, in seconds.
 * @returns null if the picture size is missing.
 */
export function probedPicture(
  codec: string,
  stream: StreamDescription,
  frames: readonly FrameDescription[],
  fileStart: number,
): ProbedPicture | null {
  if (!stream.width || !stream.height) return null;
  const rotation = rotationOf([...stream.side_data_list, ...(frames[0]?.side_data_list ?? [])]);
  const wide = Math.max(1, Math.round(stream.width * (rate(stream.sample_aspect_ratio, ":") ?? 1)));
  const [width, height] = rotation % 180 === 0 ? [wide, stream.height] : [stream.height, wide];
  const average = rate(stream.avg_frame_rate);
  const lowest = rate(stream.r_frame_rate);
  const alphaMode = stream.tags.alpha_mode ?? stream.tags.ALPHA_MODE;
  return {
    codec,
    width,
    height,
    frameRate: average ?? lowest,
    variableFrameRate: variesInRate(average, lowest, frames),
    keyframeInterval: null,
    start: Math.max(0, stream.start_time - fileStart),
    rotation,
    still: null,
    fieldOrder: fieldOrderOf(stream.field_order, frames),
    pixelFormat: stream.pix_fmt ?? null,
    bitDepth: bitDepthOf(stream),
    alpha: alphaMode === "1" || hasAlpha(stream.pix_fmt),
    color: {
      primaries: known(stream.color_primaries),
      transfer: known(stream.color_transfer),
      matrix: known(stream.color_space),
      range: stream.color_range === "tv" || stream.color_range === "pc" ? stream.color_range : null,
    },
  };
}

/** Parses a rate or a ratio. Returns null for `0/0` and `0:1`, which ffprobe writes for unknown values. */
function rate(ratio: string | undefined, separator = "/"): number | null {
  const [numerator = 0, denominator = 1] = (ratio ?? "").split(separator).map(Number);
  const value = numerator / denominator;
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** True if the frame rate varies, according to the headers or the timestamps of the first frames. */
function variesInRate(average: number | null, lowest: number | null, frames: readonly FrameDescription[]): boolean {
  if (average === null) return false;
  if (lowest !== null && Math.abs(average / lowest - 1) > 0.01) return true;
  const times = frames.flatMap(({ best_effort_timestamp_time: time }) => (time === undefined ? [] : [time]));
  // At usual frame rates, no container rounds its timestamps by a quarter of a frame.
  return times.slice(1).some((time, index) => Math.abs((time - (times[index] ?? 0)) * average - 1) > 0.25);
}

/** Clockwise degrees. ffprobe reports counter-clockwise degrees. */
function rotationOf(sideData: z.infer<typeof sideDataSchema>): ProbedPicture["rotation"] {
  const matrix = sideData.find(({ side_data_type }) => /display ?matrix/i.test(side_data_type ?? ""));
  const degrees = ((-Math.round((matrix?.rotation ?? 0) / 90) * 90) % 360) + 360;
  return ([0, 90, 180, 270] as const).find((angle) => angle === degrees % 360) ?? 0;
}

function fieldOrderOf(order: string | undefined, frames: readonly FrameDescription[]): ProbedPicture["fieldOrder"] {
  const interlaced = frames.find(({ interlaced_frame }) => interlaced_frame === 1);
  if (interlaced) return interlaced.top_field_first === 1 ? "top" : "bottom";
  switch (order) {
    // The second letter names the field that is displayed first.
    case "tt":
    case "bt":
      return "top";
    case "bb":
    case "tb":
      return "bottom";
    case "progressive":
      return "progressive";
    default:
      return frames.length > 0 ? "progressive" : null;
  }
}

function bitDepthOf({ bits_per_raw_sample, pix_fmt }: StreamDescription): number | null {
  if (bits_per_raw_sample) return bits_per_raw_sample;
  if (pix_fmt === undefined) return null;
  const deep = /(?:p|gray|gbrp|gbrap|p0|y2)(9|10|12|14|16)(?:le|be)$/.exec(pix_fmt)?.[1];
  if (deep) return Number(deep);
  return /^(?:rgb|bgr)a?(?:48|64)(?:le|be)$/.test(pix_fmt) ? 16 : 8;
}

/** True if the pixel format can have an alpha channel. A palette (`pal8`) can have transparent entries. */
function hasAlpha(pixelFormat: string | undefined): boolean {
  return /^(?:rgba|bgra|argb|abgr|yuva|gbrap|ya8|ya16|pal8|ayuv|vuya)/.test(pixelFormat ?? "");
}

function known(name: string | undefined): string | null {
  return name === undefined || name === "unknown" || name === "reserved" ? null : name;
}
