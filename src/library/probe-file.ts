import {
  ADTS,
  FLAC,
  Input,
  type InputVideoTrack,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from "mediabunny";
import type { MediaProbe } from "../protocol/render-job.ts";
import { RenderError, type Renderer } from "../renderers/renderer.ts";
import { objectSource } from "../storage/mediabunny-source.ts";
import type { Stored } from "../storage/put-stream.ts";

/** A stored file, as an upload left it. */
export interface StoredFile extends Stored {
  /** R2 key. */
  key: string;
}

/**
 * Describes a stored file. The first renderer that answers decodes its beginning, which shows that it
 * can be rendered; a file larger than that renderer takes at once is described from its headers by
 * range reads, or where mediabunny does not know the format, by the renderer from its first bytes.
 *
 * @param renderers in order of preference.
 * @throws RenderError `bad_input` when it is no media file that can be decoded.
 */
export async function probeObject(bucket: R2Bucket, file: StoredFile, renderers: Renderer[]): Promise<MediaProbe> {
  if (file.size === 0) throw new RenderError("bad_input", "the file is empty");
  const open = async (limit = file.size) => {
    const object = await bucket.get(file.key, { range: { offset: 0, length: Math.min(limit, file.size) } });
    if (!object) throw new RenderError("bad_input", "the file is no longer stored");
    return object.body;
  };
  let unanswered: unknown = new RenderError("renderer_unavailable", "there is no renderer");
  for (const renderer of renderers) {
    const headers = file.size > renderer.limits.inputBytes ? await probeHeaders(bucket, file.key, file.size) : null;
    if (headers) return headers;
    try {
      return await renderer.probe({ ...file, open });
    } catch (error) {
      if (!(error instanceof RenderError) || !["renderer_away", "renderer_full"].includes(error.rerun)) throw error;
      unanswered = error;
    }
  }
  throw unanswered;
}

/** Every format that mediabunny reads but HLS: a playlist is no media file, it names others. */
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE, OGG, FLAC, MP3, ADTS, MPEG_TS];

async function probeHeaders(bucket: R2Bucket, key: string, size: number): Promise<MediaProbe | null> {
  using input = new Input({ formats: FORMATS, source: objectSource(bucket, key, size) });
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

/** What headers tell of a picture track: not its pixel format, nor whether it is interlaced. */
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
    // Headers do not say; taken for varying, it is read in the way that suits any.
    variableFrameRate: true,
    start: Math.max(0, first - Math.max(0, fileStart)),
    rotation,
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

/** WebCodecs' names for what ffmpeg calls otherwise. */
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
