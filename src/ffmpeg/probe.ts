import { z } from "zod";
import type { MediaProbe } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { ffprobeFrameSchema, ffprobePictureSchema, probedPicture } from "./probe-picture.ts";

/** Number of packets that ffprobe decodes, because a file's headers do not always describe its pictures. */
const PROBED_PACKETS = 12;

/** The ffprobe arguments that describe `file` and its first frames as JSON. ffprobe reads no other file. */
export function ffprobeArguments(file: string): string[] {
  return [
    "-hide_banner",
    "-loglevel",
    "error",
    ...INPUT_GUARD,
    "-of",
    "json",
    "-show_format",
    "-show_streams",
    "-show_frames",
    "-read_intervals",
    `%+#${PROBED_PACKETS}`,
    "-i",
    file,
  ];
}

/** The ffmpeg arguments that test whether a file can be decoded: its first picture, or its first second of sound. */
function decodeTestArguments(file: string, probe: MediaProbe): string[] {
  const what = probe.video ? ["-map", "0:V:0", "-frames:v", "1"] : ["-map", "0:a:0", "-t", "1"];
  return [
    "-hide_banner",
    "-nostdin",
    "-loglevel",
    "error",
    "-xerror",
    ...INPUT_GUARD,
    "-i",
    file,
    ...what,
    "-f",
    "null",
    "-",
  ];
}

/**
 * The ffmpeg arguments that measure a file's duration. ffmpeg reads the whole file without decoding it and prints the
 * progress to its standard output, for {@link withMeasuredDuration}.
 */
function durationArguments(file: string, probe: MediaProbe): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1"],
    ...[...INPUT_GUARD, "-i", file, "-map", probe.video ? "0:V:0" : "0:a:0"],
    ...["-c", "copy", "-f", "null", "-"],
  ];
}

/** True if the headers of a video or sound do not tell its duration, so that it must be measured. */
function lacksDuration(probe: MediaProbe): boolean {
  return probe.kind !== "image" && probe.duration === 0;
}

/** Adds the measured duration to a probe. Returns the probe unchanged if ffmpeg printed no time. */
function withMeasuredDuration(probe: MediaProbe, progress: string): MediaProbe {
  const microseconds = [...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
  if (microseconds === undefined) return probe;
  const end = Number(microseconds) / 1e6;
  // If a file has no packet durations, the printed time is the start of the last packet.
  const frame = probe.video?.frameRate ? 1 / probe.video.frameRate : 0;
  return { ...probe, duration: Math.max(end, frame) };
}

/** A run of ffprobe or ffmpeg that a probe needs. */
export type ProbeRun =
  | { program: "ffprobe"; args: string[] }
  /** `failureMessage` says what is wrong with the file if the run fails. */
  | { program: "ffmpeg"; args: string[]; failureMessage: string };

/**
 * The runs that describe a media file: ffprobe describes it, ffmpeg decodes its beginning and, if the headers have no
 * duration, measures it. Each run is yielded. Pass to `next` what the run printed to its standard output, or an empty
 * string if it was killed. If a run of ffmpeg fails, the file is bad: do not go on. Pure and shared by all renderers.
 *
 * @param file the file's name in the working directory.
 * @returns the probe, or null if ffprobe finds neither picture nor sound.
 *
 * @example
 * const runs = probeRuns("input-0");
 * let run = runs.next();
 * while (!run.done) run = runs.next(execute(run.value.program, run.value.args).stdout);
 */
export function* probeRuns(file: string): Generator<ProbeRun, MediaProbe | null, string> {
  const probe = readProbe(yield { program: "ffprobe", args: ffprobeArguments(file) });
  if (!probe) return null;
  const decode = decodeTestArguments(file, probe);
  yield { program: "ffmpeg", args: decode, failureMessage: "ffmpeg cannot decode this file" };
  if (!lacksDuration(probe)) return probe;
  const measure = durationArguments(file, probe);
  const failureMessage = "ffmpeg cannot read this file to its end";
  return withMeasuredDuration(probe, yield { program: "ffmpeg", args: measure, failureMessage });
}

const numeric = z.coerce.number().nonnegative().catch(0);
const ffprobeSchema = z.object({
  format: z.object({ format_name: z.string(), duration: numeric.optional(), start_time: z.coerce.number().catch(0) }),
  streams: z.array(
    z.object({
      codec_type: z.string().optional(),
      codec_name: z.string().optional(),
      duration: numeric.optional(),
      disposition: z.object({ attached_pic: z.number().optional() }).optional(),
      ...ffprobePictureSchema.shape,
    }),
  ),
  frames: z.array(ffprobeFrameSchema).catch([]),
});

/**
 * Parses the output of ffprobe with {@link ffprobeArguments}.
 *
 * @returns null if the file has neither picture nor sound, or if ffprobe could not open it (its output then has no
 *   `format`).
 */
export function readProbe(json: string): MediaProbe | null {
  const described = ffprobeSchema.safeParse(parseJson(json));
  if (!described.success) return null;
  const { format, streams, frames } = described.data;
  const picture = streams.find(
    (s) => s.codec_type === "video" && s.disposition?.attached_pic !== 1 && s.width && s.height,
  );
  const sound = streams.find((s) => s.codec_type === "audio" && s.codec_name);
  const audio = sound?.codec_name ? { codec: sound.codec_name } : null;
  const whole = format.duration ?? 0;
  if (picture?.codec_name) {
    const still = format.format_name.endsWith("_pipe");
    const own = frames.filter(({ stream_index }) => stream_index === picture.index);
    const video = probedPicture(picture.codec_name, picture, own, still ? 0 : format.start_time);
    if (video) {
      return {
        kind: still ? "image" : "video",
        format: format.format_name,
        duration: still ? 0 : picture.duration || Math.max(0, whole - video.start),
        video,
        audio,
      };
    }
  }
  if (audio) {
    return { kind: "audio", format: format.format_name, duration: sound?.duration || whole, video: null, audio };
  }
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
