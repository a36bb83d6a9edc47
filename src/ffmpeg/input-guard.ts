import { stillDecoders } from "../protocol/render-job.ts";

/**
 * The demuxers that may open an input other than a still picture. Formats that refer to other files or addresses (hls, concat, dash,
 * image2 patterns) are left out, so an uploaded file cannot make ffmpeg read anything but itself.
 */
export const INPUT_DEMUXERS = [
  "mov,mp4,m4a,3gp,3g2,mj2",
  "matroska,webm",
  "avi",
  "flv",
  "mpegts",
  "mpeg",
  "asf",
  "gif",
  "mp3",
  "aac",
  "flac",
  "wav",
  "ogg",
  "aiff",
  "caf",
  "amr",
] as const;

/** Max pixels of one picture. Allows a 108-megapixel photo. Rejects small files that claim a much larger picture. */
const MAX_PICTURE_PIXELS = 2 ** 27;

/**
 * Options for every `-i` other than a still picture. They restrict ffmpeg to local bytes, to the demuxers above
 * (ffmpeg-formats, "Format Options"), and to pictures that fit in memory (ffmpeg-codecs, "Codec Options").
 */
export const INPUT_GUARD = [
  ...["-protocol_whitelist", "file,pipe"],
  ...["-format_whitelist", INPUT_DEMUXERS.join(",")],
  ...["-max_pixels", String(MAX_PICTURE_PIXELS)],
] as const;

/**
 * An option for every `-i` whose times matter. In formats whose timestamps can start again, such as MPEG-TS, ffmpeg takes
 * the first used stream's start for that of the file, unless there is an offset. This one is too short to be seen.
 */
export const KEEP_FILE_START = ["-itsoffset", "0.000001"] as const;

/**
 * Options for the `-i` of a still picture. The demuxer `image2` hands the whole file to the decoder as one packet, and
 * without a pattern it opens no other file. The decoders are those of the accepted formats.
 */
export const STILL_INPUT_GUARD = [
  ...["-protocol_whitelist", "file,subfile"],
  ...["-format_whitelist", "image2", "-codec_whitelist", stillDecoders.join(",")],
  ...["-max_pixels", String(MAX_PICTURE_PIXELS)],
  ...["-f", "image2", "-pattern_type", "none"],
] as const;

/** The URL with which ffmpeg reads only the first bytes of a file in the working directory (ffmpeg-protocols, "subfile"). */
export function firstBytes(file: string, bytes: number): string {
  return `subfile,,start,0,end,${bytes},,:${file}`;
}
