import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Size of the compared pictures, which have the shape of the videos. So small that zooming and scaling do not matter. */
const WIDTH = 18;
const HEIGHT = 32;
/** Output frames per second. */
const FRAME_RATE = 30;
/** Max mean difference of two pictures that show the same, of 255 levels. */
const MAX_DIFFERENCE = 14;
/** Frames by which a decoder may place a picture earlier or later if timestamps are damaged. */
const MAX_SHIFT = 2;

/** A shot as the response to a dry run lists it. */
export interface ListedShot {
  start: number;
  source_start: number;
  duration: number;
}

/** True if this machine has the ffmpeg that decodes the frames. */
export const canCheckFrames = spawnSync("ffmpeg", ["-version"]).status === 0;

/**
 * Compares the frames of a video with the pictures of its only source, which ffmpeg decodes from its start and without
 * seeking.
 *
 * @returns the first difference in words, or null if there is none.
 */
export async function wrongFrame(
  video: Uint8Array,
  source: Uint8Array,
  shots: readonly ListedShot[],
): Promise<string | null> {
  const [shown, expected] = [await thumbnails(video), await thumbnails(source)];
  if (shown.length === 0) return "the video has no frames";
  if (expected.length === 0) return "ffmpeg decodes no picture of the source";
  for (const [index, frame] of shown.entries()) {
    const shot = shots.findLast(({ start }) => start <= index / FRAME_RATE + 0.001);
    if (!shot) return `frame ${index} belongs to no shot`;
    const at = Math.round((shot.source_start - shot.start) * FRAME_RATE) + index;
    const from = Math.min(expected.length - 1, Math.max(0, at - MAX_SHIFT));
    const near = expected.slice(from, Math.max(from, at + MAX_SHIFT) + 1);
    const difference = Math.min(...near.map((picture) => meanDifference(picture, frame)));
    if (difference > MAX_DIFFERENCE) return `frame ${index} differs by ${difference.toFixed(1)} levels from the source`;
  }
  return null;
}

function meanDifference(first: Uint8Array, second: Uint8Array): number {
  return first.reduce((sum, value, index) => sum + Math.abs(value - (second[index] ?? 0)), 0) / first.length;
}

/** Decodes the first seconds of a file to small grey pictures, {@link FRAME_RATE} per second. */
async function thumbnails(file: Uint8Array): Promise<Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-frames-"));
  try {
    await writeFile(join(folder, "file"), file);
    const crop = `crop=w='min(iw,ih*${WIDTH}/${HEIGHT}/sar)':h='min(ih,iw*sar*${HEIGHT}/${WIDTH})'`;
    const filters = `fps=${FRAME_RATE},${crop},scale=${WIDTH}:${HEIGHT}:flags=area,format=gray`;
    const { stdout } = spawnSync(
      "ffmpeg",
      [
        ...["-hide_banner", "-nostdin", "-loglevel", "quiet", "-i", "file", "-map", "0:V:0", "-vf", filters],
        ...["-frames:v", "600", "-f", "rawvideo", "pipe:1"],
      ],
      { cwd: folder, maxBuffer: 2 ** 26 },
    );
    const size = WIDTH * HEIGHT;
    return Array.from({ length: Math.floor(stdout.length / size) }, (_, index) =>
      stdout.subarray(index * size, (index + 1) * size),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
