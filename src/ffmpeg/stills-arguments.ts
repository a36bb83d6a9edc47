import type { StillsJob } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";

/** ffmpeg's JPEG quality scale, from 2 (best) to 31 (worst). */
const JPEG_QUALITY = 3;

/** The ffmpeg arguments of a stills job. ffmpeg must run in a directory laid out as {@link JOB_FILES}. */
export function stillsArguments({ grid }: StillsJob, { threads }: { threads: number }): string[] {
  const filters = [
    // JPEG files (JFIF) use BT.601 in full range; the video uses BT.709 in limited range.
    `scale=${grid.width}:${grid.height}:flags=lanczos+accurate_rnd:in_color_matrix=bt709:in_range=tv:out_color_matrix=bt601:out_range=pc`,
    "format=yuvj420p",
    "setsar=1",
    // Without `nb_frames`, unused places of the grid become black when the input ends.
    `tile=${grid.columns}x${grid.rows}`,
  ];
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-abort_on", "empty_output_stream"],
    ...[...INPUT_GUARD, "-threads", String(threads), "-i", JOB_FILES.input(0)],
    ...["-map", "0:V:0", "-vf", filters.join(","), "-frames:v", "1", "-fps_mode", "passthrough"],
    // Optimal Huffman tables crash or hang ffmpeg.wasm, so use the default tables.
    ...["-c:v", "mjpeg", "-q:v", String(JPEG_QUALITY), "-huffman", "default", "-threads", "1"],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"],
    ...["-f", "mjpeg", JOB_FILES.output],
  ];
}
