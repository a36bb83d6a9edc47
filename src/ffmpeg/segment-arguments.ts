import type { Piece, SegmentJob } from "../protocol/render-job.ts";
import { firstBytes, INPUT_GUARD, KEEP_FILE_START, STILL_INPUT_GUARD } from "./input-guard.ts";
import { JOB_FILES } from "./job-files.ts";
import { EXACT_SCALE_FLAGS, pieceChains, pieceWindow } from "./picture-filters.ts";
import { pictureEncoding } from "./x264-options.ts";

/**
 * The ffmpeg arguments that render a segment. ffmpeg must run in a directory laid out as {@link JOB_FILES}.
 * Pure and shared by all renderers, so that every renderer draws the same picture.
 */
export function segmentArguments(job: SegmentJob, { threads }: { threads: number }): string[] {
  // The stream specifier `V` skips cover art.
  const graph = job.pieces.flatMap((piece, index) => pieceChains(job, piece, `${index}:V:0`, `piece${index}`));
  const joined = job.pieces.map((_, index) => `[piece${index}]`).join("");
  const whole = `${joined}concat=n=${job.pieces.length}:v=1:a=0`;
  const tracks = [
    ...(job.captions && job.clean === false ? [] : ["[clean]"]),
    ...(job.captions ? ["[captioned]"] : []),
  ];
  if (tracks.length === 2) graph.push(`${whole},split[clean][plain]`);
  else graph.push(`${whole}${job.captions ? "[plain]" : "[clean]"}`);
  if (job.captions) graph.push(...captionChains(job));
  return [
    ...["-hide_banner", "-nostdin", "-y", "-loglevel", "warning", "-abort_on", "empty_output_stream"],
    // Keep timestamps relative to the source's start. If `-ss` shifted them, they would be rounded to the
    // source's time base, which in AVI is a whole frame.
    ...["-copyts", "-start_at_zero"],
    ...job.pieces.flatMap((piece) => pieceInput(piece, job.frameRate, threads)),
    "-filter_complex_threads",
    String(threads),
    "-filter_complex",
    graph.join(";"),
    ...tracks.flatMap((track) => ["-map", track]),
    ...["-fps_mode", "passthrough", "-an", "-sn", "-dn"],
    ...["-c:v", "libx264", ...pictureEncoding(job), "-pix_fmt", "yuv420p"],
    // Without B-frames, presentation order equals decoding order, so packets can be joined and fragmented
    // without edit lists.
    ...["-bf", "0", "-g", String(job.frameRate * 2), "-flags", "+cgop"],
    ...["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
    // ffmpeg would otherwise write the source's chroma location, and segments from different sources could not be
    // joined.
    ...["-chroma_sample_location", "left"],
    ...["-threads", String(threads), "-video_track_timescale", String(job.frameRate * 512)],
    ...["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact+cgop"],
    ...["-movflags", "+faststart", "-f", "mp4", JOB_FILES.output],
  ];
}

/**
 * Draws the captions on `[plain]`. ffmpeg's `ass` filter always blends with the BT.601 matrix. For greys that
 * equals BT.709. Coloured captions are therefore drawn as RGB on a transparent canvas, converted to BT.709,
 * and overlaid. If the job says where and when the canvas changes, only these rows are converted and overlaid, and
 * only these frames are drawn: `overlay` repeats the last one.
 */
function captionChains({ width, height, frameRate, frames, captions }: SegmentJob): string[] {
  const drawn = `ass=${JOB_FILES.captions}:fontsdir=${JOB_FILES.fonts}`;
  if (!captions?.coloured) return [`[plain]${drawn}[captioned]`];
  const { canvas } = captions;
  const converted =
    "format=gbrap,unpremultiply=inplace=1," +
    `scale=flags=${EXACT_SCALE_FLAGS}:out_color_matrix=bt709:out_range=tv,format=yuva420p`;
  if (!canvas) {
    return [
      `color=black@0:s=${width}x${height}:r=${frameRate},format=rgba,${drawn}:alpha=1,${converted}[words]`,
      "[plain][words]overlay=shortest=1:format=yuv420,format=yuv420p[captioned]",
    ];
  }
  const inRows = canvas.coordinates === "rows";
  const blank = `color=black@0:s=${width}x${inRows ? canvas.height : height}:r=${frameRate}`;
  const changed = `d=${(frames / frameRate).toFixed(6)},format=rgba,select='${frameNumbers(canvas.changes)}'`;
  const rows = inRows ? "" : `,crop=${width}:${canvas.height}:0:${canvas.top}`;
  return [
    `${blank}:${changed},${drawn}:alpha=1${rows},${converted}[words]`,
    `[plain][words]overlay=0:${canvas.top}:format=yuv420,format=yuv420p[captioned]`,
  ];
}

/** An expression of the `select` filter for frame 0 and these frames, which ascend. */
function frameNumbers(frames: readonly number[]): string {
  const runs: { first: number; last: number }[] = [{ first: 0, last: 0 }];
  for (const frame of frames) {
    const run = runs.at(-1);
    if (run && frame <= run.last + 1) run.last = frame;
    else runs.push({ first: frame, last: frame });
  }
  return runs.map(({ first, last }) => `between(n,${first},${last})`).join("+");
}

function pieceInput(piece: Piece, frameRate: number, threads: number): string[] {
  const options = [...(piece.kind === "image" ? STILL_INPUT_GUARD : INPUT_GUARD), "-threads", String(threads)];
  if (piece.picture.decoder) options.push("-c:v", piece.picture.decoder);
  if (piece.kind === "video") {
    const { seek, start, end } = pieceWindow(piece, frameRate);
    // ffmpeg would drop the frames before the seek target, also one that is still visible there.
    if (start === null) options.push("-noaccurate_seek");
    options.push(...KEEP_FILE_START);
    if (seek > 0) options.push("-ss", seconds(seek));
    // Without an accurate seek, ffmpeg would count the duration from a keyframe.
    if (start !== null) options.push("-t", seconds(end - seek));
  }
  if (piece.kind === "image" && piece.still) {
    // The filters turn the picture. Plans of earlier versions rely on ffmpeg instead.
    return [...options, "-noautorotate", "-i", firstBytes(JOB_FILES.input(piece.input), piece.still.bytes)];
  }
  return [...options, "-i", JOB_FILES.input(piece.input)];
}

/** Seconds with six decimals: ffmpeg keeps microseconds. */
function seconds(value: number): string {
  return value.toFixed(6);
}
