import { Input, type InputVideoTrack, MATROSKA, MP4, QTFF, WAVE, WEBM } from "mediabunny";
import type { MediaProbe } from "../protocol/render-job.ts";
import { firstThatAnswers, isUnanswered } from "../renderers/first-that-answers.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { objectSource } from "../storage/mediabunny-source.ts";
import type { Stored } from "../storage/put-stream.ts";

/** A file in R2. */
export interface StoredFile extends Stored {
  /** R2 key. */
  key: string;
}

/**
 * Describes a stored media file. The first renderer that answers decodes the beginning of the file, which shows that it
 * can be rendered. If the file is larger than the input limits of the renderers that answer, it is described from its
 * headers, which mediabunny reads from R2 by range, if its format is one of {@link LARGE_FORMATS}.
 *
 * @param renderers in order of preference.
 * @throws RenderError `bad_input` if the file is not a media file, cannot be decoded, or is larger than the renderer reads
 *   of its format; the last renderer's error if none of them answers.
 */
export async function probeObject(bucket: R2Bucket, file: StoredFile, renderers: Renderer[]): Promise<MediaProbe> {
  if (file.size === 0) throw new RenderError("bad_input", "the file is empty");
  const open = async (limit = file.size) => {
    const object = await bucket.get(file.key, { range: { offset: 0, length: Math.min(limit, file.size) } });
    if (!object) throw new RenderError("bad_input", "the file is no longer stored");
    return object.body;
  };
  const fitting = renderers.filter(({ limits }) => file.size <= limits.inputBytes);
  const tooSmall = renderers.find(({ limits }) => file.size > limits.inputBytes);
  try {
    return await firstThatAnswers(fitting, (renderer) => renderer.probe({ ...file, open }));
  } catch (error) {
    if (!tooSmall || !isUnanswered(error)) throw error;
    const headers = await probeHeaders(bucket, file.key, file.size);
    if (headers) return headers;
    if (fitting.length > 0) throw error;
    const message = `the renderer reads at most ${tooSmall.limits.inputBytes} bytes of a file of this format, and this one has ${file.size}: upload a smaller file, or an MP4, Matroska or WAV file, or use a native renderer`;
    throw new RenderError("bad_input", message);
  }
}

/** The formats of large files that are described from their headers. */
const LARGE_FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE];

async function probeHeaders(bucket: R2Bucket, key: string, size: number): Promise<MediaProbe | null> {
  using input = new Input({ formats: LARGE_FORMATS, source: objectSource(bucket, key, size) });
  if (!(await input.canRead())) return null;
  const [video, audio] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()]);
  const format = (await input.getFormat()).name.toLowerCase();
  const audioCodec = await audio?.getCodec();
  const sound = audioCodec ? { codec: audioCodec } : null;
  const videoCodec = await video?.getCodec();
  if (video && videoCodec) {
    const picture = await describePicture(input, video, videoCodec);
    return { kind: "video", format, duration: await lengthOf(video), video: picture, audio: sound };
  }
  if (audio && sound)
    return { kind: "audio", format, duration: await audio.computeDuration(), video: null, audio: sound };
  return null;
}

/** Seconds from a track's first picture to its end. */
async function lengthOf(track: InputVideoTrack): Promise<number> {
  const [end, first] = await Promise.all([track.computeDuration(), track.getFirstTimestamp()]);
  return Math.max(0, end - Math.max(0, first));
}

/** Describes a video track from the headers. They do not contain the pixel format or the field order. */
async function describePicture(
  input: Input,
  track: InputVideoTrack,
  codec: string,
): Promise<NonNullable<MediaProbe["video"]>> {
  const [stats, width, height, rotation, alpha, color, first, fileStart] = await Promise.all([
    track.computePacketStats(100),
    track.getDisplayWidth(),
    track.getDisplayHeight(),
    track.getRotation(),
    track.canBeTransparent(),
    track.getColorSpace(),
    track.getFirstTimestamp(),
    input.getFirstTimestamp(),
  ]);
  return {
    codec: FFMPEG_NAMES[codec] ?? codec,
    width,
    height,
    frameRate: stats.averagePacketRate || null,
    // The headers do not say. A variable frame rate is the safe assumption.
    variableFrameRate: true,
    keyframeInterval: null,
    start: Math.max(0, first - Math.max(0, fileStart)),
    rotation,
    still: null,
    fieldOrder: null,
    pixelFormat: null,
    bitDepth: null,
    alpha,
    color: {
      primaries: ffmpegName(color.primaries),
      transfer: ffmpegName(color.transfer),
      matrix: ffmpegName(color.matrix),
      range: color.fullRange === undefined || color.fullRange === null ? null : color.fullRange ? "pc" : "tv",
    },
  };
}

/** ffmpeg's names for the codecs and colour properties that WebCodecs names differently. */
const FFMPEG_NAMES: Record<string, string> = {
  avc: "h264",
  pq: "smpte2084",
  hlg: "arib-std-b67",
  "bt2020-ncl": "bt2020nc",
  "bt2020-cl": "bt2020c",
};

function ffmpegName(name: string | null | undefined): string | null {
  return name ? (FFMPEG_NAMES[name] ?? name) : null;
}
