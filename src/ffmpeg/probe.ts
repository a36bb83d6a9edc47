import { z } from "zod";
import type { MediaProbe } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { ffprobeFrameSchema, ffprobePictureSchema, probedPicture } from "./probe-picture.ts";

/** Packets whose frames are looked at: what a picture is like is not always said in a file's headers. */
const FRAME_PACKETS = 12;

/** ffprobe arguments that describe `file` and its first frames as JSON, reading nothing but that file. */
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
    `%+#${FRAME_PACKETS}`,
    "-i",
    file,
  ];
}

/** ffmpeg arguments that decode the first frame of picture, or the first second of sound, and drop it. */
export function decodeTestArguments(file: string, probe: MediaProbe): string[] {
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
 * ffmpeg arguments that read a file to its end, undecoded, to learn how long it is where its headers do
 * not say. The answer is printed, for {@link withMeasuredDuration}.
 */
export function durationArguments(file: string, probe: MediaProbe): string[] {
  return [
    ...["-hide_banner", "-nostdin", "-loglevel", "error", "-nostats", "-progress", "pipe:1"],
    ...[...INPUT_GUARD, "-i", file, "-map", probe.video ? "0:V:0" : "0:a:0"],
    ...["-c", "copy", "-f", "null", "-"],
  ];
}

/** Whether a file's length has to be measured. */
export function lacksDuration(probe: MediaProbe): boolean {
  return probe.kind !== "image" && probe.duration === 0;
}

/** Takes a length from what ffmpeg printed on its progress. */
export function withMeasuredDuration(probe: MediaProbe, progress: string): MediaProbe {
  const microseconds = [...progress.matchAll(/^out_time_us=(\d+)$/gm)].at(-1)?.[1];
  if (microseconds === undefined) return probe;
  const end = Number(microseconds) / 1e6;
  // The end is that of the last packet's start where a file does not say how long a packet lasts.
  const frame = probe.video?.frameRate ? 1 / probe.video.frameRate : 0;
  return { ...probe, duration: Math.max(end, frame) };
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
 * Reads what ffprobe wrote (`-of json -show_format -show_streams`, and the first frames).
 *
 * @returns null when there is neither picture nor sound in it: an object without `format` is what
 *   ffprobe writes of a file it cannot open.
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
