import { z } from "zod";
import type { MediaProbe } from "../../protocol/render-job.ts";
import { firstBytes, STILL_INPUT_GUARD } from "../input-guard.ts";
import type { ProbeRun } from "../probe.ts";
import { ffprobePictureSchema, probedPicture } from "../probe-picture.ts";
import type { Still } from "./inspect-still.ts";

/** Clockwise degrees by which each orientation turns the picture, apart from mirroring. */
const DEGREES = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270 } as const;

/** Decoders that tell when data is wrong if they are asked to. The others would also refuse what does no harm. */
const STRICT_DECODERS = ["png", "webp", "bmp", "gif"];

const describedSchema = z.object({
  streams: z.array(z.object({ codec_name: z.string(), ...ffprobePictureSchema.shape })).min(1),
});

/**
 * The name that the file must have in the working directory. The extension tells ffprobe the format: it does not
 * recognise every picture by its content.
 */
export function probedStillName({ format }: Still): string {
  return `picture.${format === "mjpeg" ? "jpg" : format}`;
}

/**
 * The runs that describe a still picture and decode it, for a file that `inspectStill` has accepted. They are used like
 * those of `probeRuns`.
 *
 * The file must have the name {@link probedStillName}.
 *
 * @returns the probe, or null if ffprobe cannot read the file.
 */
export function* stillProbeRuns(still: Still): Generator<ProbeRun[], MediaProbe | null, string> {
  const file = firstBytes(probedStillName(still), still.bytes);
  const describe: ProbeRun = {
    program: "ffprobe",
    args: [
      ...["-hide_banner", "-loglevel", "error", ...STILL_INPUT_GUARD],
      // The later options count: `image2` does not know the extension of GIF pictures.
      ...(still.format === "gif" ? ["-format_whitelist", "gif_pipe", "-f", "gif_pipe"] : []),
      ...["-of", "json", "-show_streams", "-i", file],
    ],
  };
  const probe = stillProbe(yield [describe], still);
  if (!probe) return null;
  const decode: ProbeRun = {
    program: "ffmpeg",
    args: [
      ...["-hide_banner", "-nostdin", "-loglevel", "error", "-xerror"],
      ...(STRICT_DECODERS.includes(still.format) ? ["-err_detect", "explode"] : []),
      ...[...STILL_INPUT_GUARD, "-c:v", still.format, "-i", file, "-map", "0:v:0", "-frames:v", "1", "-f", "null", "-"],
    ],
    failureMessage: "the picture is damaged or of a kind that ffmpeg cannot decode",
  };
  yield [decode];
  return probe;
}

/** Describes a still picture. Its pixels are square: a resolution in dots per inch is for printers. */
function stillProbe(json: string, { format, ...still }: Still): MediaProbe | null {
  const described = describedSchema.safeParse(parseJson(json));
  const [stream] = described.data?.streams ?? [];
  if (!stream) return null;
  const square = { ...stream, sample_aspect_ratio: undefined, side_data_list: [] };
  const stored = probedPicture(stream.codec_name, square, [], 0);
  if (!stored) return null;
  const { width, height } = stored;
  const upright = still.orientation >= 5 ? { width: height, height: width } : { width, height };
  return {
    kind: "image",
    format: `${format === "mjpeg" ? "jpeg" : format}_pipe`,
    duration: 0,
    video: { ...stored, ...upright, rotation: DEGREES[still.orientation], still },
    audio: null,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
