import { ALL_FORMATS, Input } from "mediabunny";
import type { MediaProbe } from "../render/protocol.ts";
import { RenderError, type Renderer } from "../render/renderer.ts";
import { objectSource } from "./object-source.ts";

/**
 * Describes a stored file. The renderer decodes its beginning, which shows that it can be rendered;
 * a file larger than the renderer takes at once is described from its headers by range reads, or
 * where mediabunny does not know the format, by the renderer from the file's first bytes.
 *
 * @throws RenderError `bad_input` when it is no media file that can be decoded.
 */
export async function probeObject(
  bucket: R2Bucket,
  key: string,
  size: number,
  renderer: Renderer,
): Promise<MediaProbe> {
  if (size === 0) throw new RenderError("bad_input", "the file is empty", false);
  const wholeFits = size <= renderer.limits.inputBytes;
  if (!wholeFits) {
    const probe = await probeHeaders(bucket, key, size);
    if (probe) return probe;
  }
  const object = await bucket.get(key, wholeFits ? {} : { range: { offset: 0, length: renderer.limits.inputBytes } });
  if (!object) throw new RenderError("bad_input", "the file is no longer stored", false);
  return renderer.probe(object.body);
}

async function probeHeaders(bucket: R2Bucket, key: string, size: number): Promise<MediaProbe | null> {
  using input = new Input({ formats: ALL_FORMATS, source: objectSource(bucket, key, size) });
  if (!(await input.canRead())) return null;
  const [video, audio] = await Promise.all([input.getPrimaryVideoTrack(), input.getPrimaryAudioTrack()]);
  const format = (await input.getFormat()).name.toLowerCase();
  const audioCodec = await audio?.getCodec();
  const sound = audioCodec ? { codec: audioCodec } : null;
  const videoCodec = await video?.getCodec();
  if (video && videoCodec) {
    const stats = await video.computePacketStats(100);
    const [width, height, duration] = await Promise.all([
      video.getDisplayWidth(),
      video.getDisplayHeight(),
      video.computeDuration(),
    ]);
    return {
      kind: "video",
      format,
      duration,
      video: { codec: videoCodec, width, height, frameRate: stats.averagePacketRate || null },
      audio: sound,
    };
  }
  if (audio && sound)
    return { kind: "audio", format, duration: await audio.computeDuration(), video: null, audio: sound };
  return null;
}
