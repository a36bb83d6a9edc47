import {
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputVideoTrack,
  MP4,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import type { StillsJob } from "../protocol/render-job.ts";
import type { StillsWork } from "../protocol/task-jobs.ts";
import type { Renderer } from "../renderers/renderer.ts";
import { objectSource } from "../storage/mediabunny-source.ts";
import { choosePoster, chooseTiles, storyboardVtt, type TileGrid, tileGrid } from "../timeline/storyboard-layout.ts";
import { sha256Hex } from "../util/sha256.ts";
import { joinError } from "./assemble-job.ts";

/**
 * Max bytes of keyframes that are copied and sent at once. Memory holds twice that and the renderer's answer,
 * and a batch of four such jobs shares an isolate's 128 MB.
 */
const MAX_KEYFRAME_BYTES = 8 * 1024 * 1024;

/** A keyframe of the video: its time in seconds, its size in bytes, and its packet without the data. */
interface StoredKeyframe {
  time: number;
  size: number;
  packet: EncodedPacket;
}

/**
 * Makes the poster and the storyboard of a finished video. Only the keyframes that they show are copied out of
 * the video and sent to the renderer, however long the video is. The WebVTT file is written last: if it exists,
 * the pictures do too.
 *
 * @param signal stops the job.
 * @throws CodedError `join_failed` if the video is no longer stored or has no video track; RenderError; the signal's reason.
 */
export async function makeStills(
  bucket: R2Bucket,
  work: StillsWork,
  renderer: Pick<Renderer, "limits" | "render">,
  signal: AbortSignal,
): Promise<void> {
  const object = await bucket.head(work.video);
  if (!object) throw joinError("the video is no longer stored");
  using input = new Input({ formats: [MP4], source: objectSource(bucket, work.video, object.size) });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw joinError("the video has no video track");
  const duration = await input.computeDuration();
  const size = { width: track.displayWidth, height: track.displayHeight };
  const keyframes = await listKeyframes(track);
  const tiles = chooseTiles(keyframes, duration, Math.min(MAX_KEYFRAME_BYTES, renderer.limits.inputBytes / 2));
  const poster = choosePoster(keyframes);
  if (!poster) throw joinError("the video has no video track");

  const draw = async (key: string, chosen: readonly StoredKeyframe[], grid: TileGrid) => {
    const job: StillsJob = { kind: "stills", grid };
    const bytes = await copyKeyframes(track, chosen);
    const open = async () => new Blob([bytes]).stream();
    const input = { sha256: await sha256Hex(bytes), size: bytes.byteLength };
    const store = (image: Uint8Array | ReadableStream<Uint8Array>) =>
      bucket.put(key, image, { httpMetadata: { contentType: "image/jpeg" } });
    await renderer.render(job, [input], { open, store, signal });
  };
  const grid = tileGrid(tiles.length, size);
  await Promise.all([
    draw(work.poster, [poster], { columns: 1, rows: 1, ...size }),
    draw(work.storyboard.image, tiles, grid),
  ]);
  const image = work.storyboard.image.slice(work.storyboard.image.lastIndexOf("/") + 1);
  const times = tiles.map(({ time }) => time);
  await bucket.put(work.storyboard.vtt, storyboardVtt(times, duration, grid, image), {
    httpMetadata: { contentType: "text/vtt; charset=utf-8" },
  });
}

async function listKeyframes(track: InputVideoTrack): Promise<StoredKeyframe[]> {
  const sink = new EncodedPacketSink(track);
  const options = { metadataOnly: true };
  const keyframes: StoredKeyframe[] = [];
  let packet = await sink.getFirstKeyPacket(options);
  while (packet) {
    keyframes.push({ time: packet.timestamp, size: packet.byteLength, packet });
    packet = await sink.getNextKeyPacket(packet, options);
  }
  return keyframes;
}

/** Copies keyframes into an MP4 of their own, one per second. */
async function copyKeyframes(
  track: InputVideoTrack,
  keyframes: readonly StoredKeyframe[],
): Promise<Uint8Array<ArrayBuffer>> {
  const decoderConfig = await track.getDecoderConfig();
  if (!decoderConfig) throw joinError("the video has no codec configuration");
  const sink = new EncodedPacketSink(track);
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: "in-memory" }), target });
  const video = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(video);
  await output.start();
  for (const [index, { time }] of keyframes.entries()) {
    const packet = await sink.getKeyPacket(time);
    if (!packet) throw joinError(`the video has no keyframe at ${time} s`);
    await video.add(packet.clone({ timestamp: index, duration: 1 }), { decoderConfig });
  }
  await output.finalize();
  if (!target.buffer) throw new TypeError("the finalized output has no bytes");
  return new Uint8Array(target.buffer);
}
