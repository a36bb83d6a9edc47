import { z } from "zod";
import type { MediaProbe } from "../render/protocol.ts";
import { INPUT_GUARD } from "./ffmpeg-arguments.ts";

/** ffprobe arguments that describe `file` as JSON, reading nothing but that file. */
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
    "-i",
    file,
  ];
}

/** ffmpeg arguments that decode the first frame of picture, or the first second of sound, and drop it. */
export function decodeTestArguments(file: string, probe: MediaProbe): string[] {
  const what = probe.video ? ["-map", "0:v:0", "-frames:v", "1"] : ["-map", "0:a:0", "-t", "1"];
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

const numeric = z.coerce.number().nonnegative().catch(0);
const ffprobeSchema = z.object({
  format: z.object({ format_name: z.string(), duration: numeric.optional() }),
  streams: z.array(
    z.object({
      codec_type: z.string().optional(),
      codec_name: z.string().optional(),
      width: z.number().optional(),
      height: z.number().optional(),
      avg_frame_rate: z.string().optional(),
      r_frame_rate: z.string().optional(),
      duration: numeric.optional(),
      disposition: z.object({ attached_pic: z.number().optional() }).optional(),
    }),
  ),
});

/**
 * Reads what ffprobe wrote (`-of json -show_format -show_streams`).
 *
 * @returns null when there is neither picture nor sound in it: an object without `format` is what
 *   ffprobe writes of a file it cannot open.
 */
export function readProbe(json: string): MediaProbe | null {
  const described = ffprobeSchema.safeParse(parseJson(json));
  if (!described.success) return null;
  const { format, streams } = described.data;
  const picture = streams.find(
    (s) => s.codec_type === "video" && s.disposition?.attached_pic !== 1 && s.width && s.height,
  );
  const sound = streams.find((s) => s.codec_type === "audio" && s.codec_name);
  const audio = sound?.codec_name ? { codec: sound.codec_name } : null;
  const whole = format.duration ?? 0;
  if (picture?.codec_name && picture.width && picture.height) {
    const still = format.format_name.endsWith("_pipe");
    return {
      kind: still ? "image" : "video",
      format: format.format_name,
      duration: still ? 0 : picture.duration || whole,
      video: {
        codec: picture.codec_name,
        width: picture.width,
        height: picture.height,
        frameRate: rate(picture.avg_frame_rate) ?? rate(picture.r_frame_rate),
      },
      audio,
    };
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

/** ffprobe writes a rate as `numerator/denominator`, and `0/0` when it knows none. */
function rate(text: string | undefined): number | null {
  const [numerator = 0, denominator = 1] = (text ?? "").split("/").map(Number);
  const value = numerator / denominator;
  return Number.isFinite(value) && value > 0 ? value : null;
}
