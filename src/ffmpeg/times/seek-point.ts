import type { MediaProbe } from "../../protocol/render-job.ts";

/** Formats, by ffmpeg's and by mediabunny's names, in which ffmpeg's seek always ends at a keyframe before its target. */
const EXACT_SEEK = ["mov", "mp4", "quicktime file format", "matroska", "webm"];
/** Formats in which ffmpeg's seek ends up to one keyframe interval after its target. */
const LATE_SEEK = ["flv", "mpegts", "avi", "asf", "ogg"];
/** Added to the keyframe interval, because pictures are reordered and timestamps of these formats are imprecise. */
const LATE_SEEK_MARGIN_SECONDS = 1;
/**
 * How much earlier a clip's sound is read. A seek finds a place by the pictures. The sound of the same time may be stored
 * before it, and a decoder's first samples are wrong.
 */
const SOUND_MARGIN_SECONDS = 2;
/** A seek to a time before the first keyframe fails in some formats, and ffmpeg then continues anywhere. */
const MIN_SEEK_SECONDS = 1;

/** Seconds between a picture's start and the next one's, with a margin. Rates that vary need a keyframe instead. */
export function lookBack(frameRate: number | null): number {
  return frameRate === null ? 0.05 : 1.1 / frameRate + 0.002;
}

/**
 * The time to which ffmpeg must seek, so that it decodes the picture that is visible at `time`. Both are in seconds from
 * the start of the file. 0 is the beginning, without a seek.
 *
 * @param frameRate the source's frame rate; null if it varies.
 */
export function pictureSeekPoint({ format, video }: MediaProbe, frameRate: number | null, time: number): number {
  const names = format.split(",");
  if (names.some((name) => EXACT_SEEK.includes(name))) return orBeginning(time - lookBack(frameRate));
  const interval = video?.keyframeInterval ?? null;
  // In other formats, such as animated images, a picture may need all pictures before it.
  if (interval === null || !names.some((name) => LATE_SEEK.includes(name))) return 0;
  return orBeginning(time - interval - LATE_SEEK_MARGIN_SECONDS);
}

/** The time to which ffmpeg must seek, so that a clip's sound is complete at `time`. Both are in seconds. */
export function soundSeekPoint(time: number): number {
  return orBeginning(time - SOUND_MARGIN_SECONDS);
}

function orBeginning(time: number): number {
  return time < MIN_SEEK_SECONDS ? 0 : time;
}
