import type { StillsJob } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";

/** ffmpeg's JPEG quality, from 2 (best) to 31. */
const QUALITY = 3;

/** The ffmpeg arguments of a job of stills, to be run in a directory laid out as {@link JOB_FILES}. */
export function stillsArguments({ grid }: StillsJob, { threads }: { threads: number }): string[] {
  const filters = [
    // JFIF has the coefficients of BT.601, in full range; the video those of BT.709.
    `scale=${grid.width}:${grid.height}:flags=lanczos+accurate_rnd:in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc`,
    "format=yuvj420p",
    "setsar=1",
    // At the input's end the places that are left become black, which `nb_frames` would keep from happening.
    `tile=${grid.columns}x${grid.rows}`,
  ];
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-abort_on", "empty_output_stream"],
    ...[...INPUT_GUARD, "-threads", String(threads), "-i", JOB_FILES.input(0)],
    ...["-map", "0:V:0", "-vf", filters.join(","), "-frames:v", "1", "-fps_mode", "passthrough"],
    // Huffman tables of its own for each picture break ffmpeg.wasm: memory out of bounds, or no end.
    ...["-c:v", "mjpeg", "-q:v", String(QUALITY), "-huffman", "default", "-threads", "1"],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"],
    ...["-f", "mjpeg", JOB_FILES.output],
  ];
}
