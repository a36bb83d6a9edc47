import type { Piece, RenderJob, SegmentJob } from "../protocol/render-job.ts";
import { pictureEncoding } from "./picture-encoding.ts";
import { EXACT, pieceChains, pieceWindow } from "./picture-filters.ts";

/**
 * The demuxers an input may be opened with. Leaves out every format that names other files or
 * addresses (hls, concat, dash, image2 patterns), so that an upload can only ever be its own bytes.
 */
export const INPUT_DEMUXERS = [
  "mov,mp4,m4a,3gp,3g2,mj2",
  "matroska,webm",
  "avi",
  "flv",
  "jpeg_pipe",
  "png_pipe",
  "webp_pipe",
  "mp3",
  "wav",
  "ogg",
] as const;

/** Most pixels of one picture: a 108-megapixel photograph passes, a few bytes that claim to be gigabytes do not. */
const MAX_PIXELS = 2 ** 27;

/**
 * Options put before every `-i`: only local bytes, only the formats above (ffmpeg-formats, "Format
 * Options"), no picture too large to decode (ffmpeg-codecs, "Codec Options").
 */
export const INPUT_GUARD = [
  ...["-protocol_whitelist", "file,pipe"],
  ...["-format_whitelist", INPUT_DEMUXERS.join(",")],
  ...["-max_pixels", String(MAX_PIXELS)],
] as const;

/** File names inside a job's working directory. */
export const JOB_FILES = {
  input: (index: number) => `input-${index}`,
  captions: "captions.ass",
  fonts: "fonts",
  font: (index: number) => `fonts/font-${index}.ttf`,
  output: "output.mp4",
} as const;

/** Where a job's input is expected: a font where libass looks for it, anything else by its index. */
export function inputFile(job: RenderJob, index: number): string {
  const font = job.kind === "segment" && job.captions?.fonts.includes(index);
  return font ? JOB_FILES.font(index) : JOB_FILES.input(index);
}

/**
 * The ffmpeg arguments of a segment, to be run in a directory laid out as {@link JOB_FILES}. Pure, and
 * the same for every renderer, so that they draw the same picture.
 */
export function segmentArguments(job: SegmentJob, { threads }: { threads: number }): string[] {
  // `V`: a picture track that is no cover art.
  const graph = job.pieces.flatMap((piece, index) => pieceChains(job, piece, `${index}:V:0`, `piece${index}`));
  const joined = job.pieces.map((_, index) => `[piece${index}]`).join("");
  const clean = `${joined}concat=n=${job.pieces.length}:v=1:a=0`;
  if (job.captions) {
    graph.push(`${clean},split[clean][plain]`, ...captionChains(job, job.captions.coloured));
  } else {
    graph.push(`${clean}[clean]`);
  }
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-abort_on", "empty_output_stream"],
    // Timestamps count from the source's start wherever reading begins: shifted by `-ss` they would be
    // rounded to the source's time base, which in AVI is a whole frame.
    ...["-copyts", "-start_at_zero"],
    ...job.pieces.flatMap((piece) => pieceInput(piece, job.frameRate, threads)),
    "-filter_complex_threads",
    String(threads),
    "-filter_complex",
    graph.join(";"),
    ...["-map", "[clean]"],
    ...(job.captions ? ["-map", "[captioned]"] : []),
    ...["-fps_mode", "passthrough", "-an", "-sn", "-dn"],
    ...["-c:v", "libx264", ...pictureEncoding(job), "-pix_fmt", "yuv420p"],
    // Without B-frames presentation order is decoding order: packets join and fragment without edit lists.
    ...["-bf", "0", "-g", String(job.frameRate * 2), "-flags", "+cgop"],
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    // Else the source's own would be written down, and segments of unlike sources could not be joined.
    ...["-chroma_sample_location", "left"],
    ...["-threads", String(threads), "-video_track_timescale", String(job.frameRate * 512)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact+cgop"],
    ...["-movflags", "+faststart", "-f", "mp4", JOB_FILES.output],
  ];
}

/**
 * Draws the captions on `[plain]`. FFmpeg draws on a BT.601 picture whatever the picture's matrix is:
 * of greys the two are the same, while colours are drawn apart, as red, green and blue, and laid over it.
 */
function captionChains({ width, height, frameRate }: SegmentJob, coloured: boolean): string[] {
  const drawn = `ass=${JOB_FILES.captions}:fontsdir=${JOB_FILES.fonts}`;
  if (!coloured) return [`[plain]${drawn}[captioned]`];
  const nothing = `color=black@0:s=${width}x${height}:r=${frameRate},format=rgba`;
  const converted = `scale=flags=${EXACT}:out_color_matrix=bt709:out_range=tv,format=yuva420p`;
  return [
    `${nothing},${drawn}:alpha=1,format=gbrap,unpremultiply=inplace=1,${converted}[words]`,
    "[plain][words]overlay=shortest=1:format=yuv420,format=yuv420p[captioned]",
  ];
}

function pieceInput(piece: Piece, frameRate: number, threads: number): string[] {
  const options = [...INPUT_GUARD, "-threads", String(threads)];
  if (piece.picture.decoder) options.push("-c:v", piece.picture.decoder);
  if (piece.kind === "video") {
    const { seek, duration } = pieceWindow(piece, frameRate);
    if (seek > 0) options.push("-ss", seconds(seek));
    options.push("-t", seconds(duration));
  }
  return [...options, "-i", JOB_FILES.input(piece.input)];
}

/** Seconds with the microsecond resolution that ffmpeg keeps. */
function seconds(value: number): string {
  return value.toFixed(6);
}
