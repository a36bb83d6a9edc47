import { z } from "zod";
import type { MediaProbe } from "../protocol/render-job.ts";
import { INPUT_GUARD } from "./input-guard.ts";
import { ffprobeFrameSchema, ffprobePictureSchema, probedPicture } from "./probe-picture.ts";
import { DecodedLengthReader, decodeListArguments } from "./times/decoded-length.ts";
import { type PacketTimes, PacketTimesReader, packetListArguments } from "./times/packet-times.ts";

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
  // MP3 files have tags between their frames, which ffmpeg tries to decode.
  const strict = probe.format === "mp3" ? ["-abort_on", "empty_output_stream"] : ["-xerror"];
  return [
    "-hide_banner",
    "-nostdin",
    "-loglevel",
    "error",
    ...strict,
    ...INPUT_GUARD,
    "-i",
    file,
    ...what,
    "-f",
    "null",
    "-",
  ];
}

/** A run of ffprobe or ffmpeg that a probe needs. */
export type ProbeRun =
  | { program: "ffprobe"; args: string[] }
  /** Prints a list. Pass each line to `readLine`, also if the program fails later. */
  | { program: "ffprobe" | "ffmpeg"; args: string[]; readLine: (line: string) => void }
  /** `failureMessage` says what is wrong with the file if the run fails. */
  | { program: "ffmpeg"; args: string[]; failureMessage: string };

/** A file that can be decoded but not used. The message says why, and what to do. */
export interface Refusal {
  kind: "refused";
  message: string;
}

/**
 * The runs that describe a media file: ffprobe describes it; then ffmpeg decodes its beginning, while ffprobe lists its
 * packets, because a file's headers do not always tell how long it plays. If these disagree about a sound, it is decoded
 * as a whole. The runs of a list can be executed in parallel.
 * Pass to `next` what the last run without `readLine` printed to its standard output, or an empty string if it was killed.
 * If a run of ffmpeg fails, the file is bad: do not go on. Pure and shared by all renderers.
 *
 * @param file the file's name in the working directory.
 * @returns the probe; a refusal; or null if ffprobe finds neither picture nor sound.
 *
 * @example
 * const runs = probeRuns("input-0");
 * let next = runs.next();
 * while (!next.done) next = runs.next(await executeAll(next.value));
 */
export function* probeRuns(file: string): Generator<ProbeRun[], MediaProbe | Refusal | null, string> {
  const described = describe(yield [{ program: "ffprobe", args: ffprobeArguments(file) }]);
  if (!described) return null;
  const { probe, stream } = described;
  const decode: ProbeRun = {
    program: "ffmpeg",
    args: decodeTestArguments(file, probe),
    failureMessage: "ffmpeg cannot decode this file",
  };
  if (described.lengthIsCertain) {
    yield [decode];
    return probe;
  }
  const reader = new PacketTimesReader(probe.video ? "pictures" : "sound", maxPause(probe.format));
  const list = packetListArguments(file, stream);
  yield [decode, { program: "ffprobe", args: list, readLine: (line) => reader.readLine(line) }];
  const times = reader.result(described.sampleRate);
  if (probe.video && times?.restarts) return RESTARTING_PICTURES;
  if (times && mustBeDecoded(described, times)) return yield* withDecodedLength(file, described, times);
  return withPacketTimes(described, times);
}

/** Formats of sound without timestamps. A packet of them can be anything between two sounds, such as a tag. */
const WITHOUT_TIMESTAMPS = ["mp3", "aac", "flac", "amr"];
/** Max difference between two figures for the length of a sound that agree. An encoder adds this much at both ends. */
const SAME_LENGTH_SECONDS = 0.08;

/** True if only decoding tells how long a sound is, because it was joined from several files, or may be. */
function mustBeDecoded({ probe, fileStart }: Description, times: PacketTimes): boolean {
  if (probe.kind !== "audio") return false;
  if (times.restarts) return true;
  const agree = Math.abs(times.end - fileStart - probe.duration) <= SAME_LENGTH_SECONDS;
  return WITHOUT_TIMESTAMPS.includes(probe.format) && !agree;
}

/** Decodes a sound to measure it, and to find out whether its timestamps and its sample format can be relied on. */
function* withDecodedLength(
  file: string,
  described: Description,
  times: PacketTimes,
): Generator<ProbeRun[], MediaProbe, string> {
  const decode = (allowChanges: boolean) => {
    const reader = new DecodedLengthReader();
    const args = decodeListArguments(file, allowChanges);
    return { reader, run: { program: "ffmpeg" as const, args, readLine: (line: string) => reader.readLine(line) } };
  };
  const [strict, tolerant] = [decode(false), decode(true)];
  yield [strict.run];
  const expected = times.end - described.fileStart;
  const differs = (length: number) => Math.abs(length - expected) > 0.001;
  if (differs(strict.reader.length)) yield [tolerant.run];
  const length = tolerant.reader.length || strict.reader.length;
  const probe = withPacketTimes(described, times);
  if (length === 0 || !probe.audio) return probe;
  return { ...probe, duration: length, audio: { ...probe.audio, irregular: differs(strict.reader.length) } };
}

const RESTARTING_PICTURES: Refusal = {
  kind: "refused",
  message:
    "the timestamps of its pictures start again in the middle, as in files that were joined byte by byte; " +
    "write it anew, for example with ffmpeg -i FILE -c copy NEW.mkv",
};

/** ffmpeg takes a longer pause for a fault of the timestamps, in formats where these may start again. */
const MAX_PAUSE_SECONDS = 10;
const MAY_RESTART = ["mpegts", "mpeg", "ogg"];

function maxPause(format: string): number {
  return MAY_RESTART.includes(format) ? MAX_PAUSE_SECONDS : Number.POSITIVE_INFINITY;
}

/** Replaces what the headers say about times by what the packets say. */
function withPacketTimes({ probe, fileStart, firstFrame }: Description, times: PacketTimes | null): MediaProbe {
  // ffprobe did not come to the end in time.
  if (!times) return probe;
  if (!probe.video) return { ...probe, duration: Math.max(0, times.end - fileStart) };
  const { video } = probe;
  const { even, keyframeInterval } = times;
  const single = video.frameRate === null ? 0 : 1 / video.frameRate;
  const rateIsRight =
    video.frameRate !== null && times.rate !== null && Math.abs(video.frameRate / times.rate - 1) < 0.02;
  return {
    ...probe,
    duration: Math.max(times.end - times.start, single),
    video: {
      ...video,
      start: Math.max(0, (firstFrame ?? times.start) - fileStart),
      frameRate: rateIsRight ? video.frameRate : (times.rate ?? video.frameRate),
      variableFrameRate: !even,
      keyframeInterval,
    },
  };
}

const numeric = z.coerce.number().nonnegative().catch(0);
const ffprobeSchema = z.object({
  format: z.object({
    format_name: z.string(),
    duration: numeric.optional(),
    start_time: z.coerce.number().catch(0),
    /** Bytes. */
    size: numeric.optional(),
  }),
  streams: z.array(
    z.object({
      codec_type: z.string().optional(),
      codec_name: z.string().optional(),
      duration: numeric.optional(),
      sample_rate: numeric.optional(),
      bit_rate: numeric.optional(),
      disposition: z.object({ attached_pic: z.number().optional() }).optional(),
      ...ffprobePictureSchema.shape,
    }),
  ),
  frames: z.array(ffprobeFrameSchema).catch([]),
});

/** What the first run of ffprobe tells about a file. */
interface Description {
  probe: MediaProbe;
  /** Index of the stream that decides the file's length. */
  stream: number;
  /** True if the packets need not be read to know the length. */
  lengthIsCertain: boolean;
  /** First timestamp of the file, in seconds. */
  fileStart: number;
  /**
   * Timestamp of the first picture that ffprobe decoded, in seconds. In AVI it is not that of the first packet, because
   * packets have no time of display.
   */
  firstFrame?: number | undefined;
  /** Samples per second of the sound. */
  sampleRate?: number;
}

/**
 * Parses the output of ffprobe with {@link ffprobeArguments}.
 *
 * @returns null if the file has neither picture nor sound, or if ffprobe could not open it (its output then has no
 *   `format`).
 */
export function readProbe(json: string): MediaProbe | null {
  return describe(json)?.probe ?? null;
}

function describe(json: string): Description | null {
  const described = ffprobeSchema.safeParse(parseJson(json));
  if (!described.success) return null;
  const { format, streams, frames } = described.data;
  const picture = streams.find(
    (s) => s.codec_type === "video" && s.disposition?.attached_pic !== 1 && s.width && s.height,
  );
  const sound = streams.find((s) => s.codec_type === "audio" && s.codec_name);
  const audio = sound?.codec_name ? { codec: sound.codec_name } : null;
  const whole = format.duration ?? 0;
  const shared = { format: format.format_name, audio };
  if (picture?.codec_name) {
    const still = format.format_name.endsWith("_pipe");
    const own = frames.filter(({ stream_index }) => stream_index === picture.index);
    const video = probedPicture(picture.codec_name, picture, own, still ? 0 : format.start_time);
    if (video) {
      const duration = still ? 0 : picture.duration || Math.max(0, whole - video.start);
      return {
        probe: { kind: still ? "image" : "video", ...shared, duration, video },
        stream: picture.index ?? 0,
        lengthIsCertain: still,
        fileStart: format.start_time,
        firstFrame: own[0]?.best_effort_timestamp_time,
      };
    }
  }
  if (!sound || !audio) return null;
  const duration = sound.duration || whole;
  return {
    probe: { kind: "audio", ...shared, duration, video: null },
    stream: sound.index ?? 0,
    lengthIsCertain: isWholeWave(format, sound, duration),
    fileStart: format.start_time,
    ...(sound.sample_rate ? { sampleRate: sound.sample_rate } : {}),
  };
}

/** True for a WAV file of uncompressed samples that has as many bytes as its header says. */
function isWholeWave(
  { format_name, size = 0 }: { format_name: string; size?: number | undefined },
  { codec_name = "", bit_rate = 0 }: { codec_name?: string | undefined; bit_rate?: number | undefined },
  duration: number,
): boolean {
  const bytes = (duration * bit_rate) / 8;
  return format_name === "wav" && codec_name.startsWith("pcm_") && bytes > 0 && bytes <= size;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
