import {
  BufferSource,
  BufferTarget,
  CmafOutputFormat,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputAudioTrack,
  MP4,
  Output,
} from "mediabunny";
import type { AssembleWork } from "../../protocol/task-jobs.ts";
import { chooseTrack } from "../../storage/segment-track.ts";
import { type MediaSegmentTime, PACKET_SAMPLES } from "./media-segment-times.ts";

/** A CMAF segment (ISO/IEC 23000-19) and the initialization segment that players load before it. */
export interface CmafSegment {
  init: Uint8Array;
  media: Uint8Array;
}

/**
 * Makes a video media segment from a rendered segment. Copies its packets and sets their times on the video's timeline.
 *
 * @param segment the rendered segment, an MP4 file.
 * @param sequence number of the media segment in its rendition, from 1.
 */
export async function videoMediaSegment(
  segment: ArrayBuffer,
  { track: wanted, frameRate }: Pick<AssembleWork, "track" | "frameRate">,
  { startFrame }: Pick<MediaSegmentTime, "startFrame">,
  sequence: number,
): Promise<CmafSegment> {
  using input = new Input({ formats: [MP4], source: new BufferSource(segment) });
  const track = chooseTrack(await input.getVideoTracks(), wanted, "a segment of the stream");
  const decoderConfig = await track.getDecoderConfig();
  if (!decoderConfig) throw new Error("the segment has no codec configuration");
  const { output, finish } = cmafOutput(sequence);
  const target = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(target);
  await output.start();
  let frame = startFrame;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const placed = packet.clone({ timestamp: frame / frameRate, duration: 1 / frameRate });
    await target.add(placed, { decoderConfig });
    frame++;
  }
  return finish();
}

/**
 * Makes an audio media segment from packets of the soundtrack. Packets before time 0 (the encoder's priming) are left
 * out, so that audio and video both begin at 0.
 *
 * @param sequence number of the media segment in its rendition, from 1.
 */
export async function audioMediaSegment(
  track: InputAudioTrack,
  { startPacket, packets }: Pick<MediaSegmentTime, "startPacket" | "packets">,
  sequence: number,
): Promise<CmafSegment> {
  const decoderConfig = await track.getDecoderConfig();
  if (!decoderConfig) throw new Error("the soundtrack has no codec configuration");
  const packetSeconds = PACKET_SAMPLES / decoderConfig.sampleRate;
  const { output, finish } = cmafOutput(sequence);
  const target = new EncodedAudioPacketSource("aac");
  output.addAudioTrack(target);
  await output.start();
  const sink = new EncodedPacketSink(track);
  // Seek to the middle of the packet, so that rounding cannot select its neighbour.
  const first =
    (await sink.getPacket((startPacket + 0.5) * packetSeconds)) ?? (await sink.getFirstPacket()) ?? undefined;
  for await (const packet of sink.packets(first)) {
    const index = Math.round(packet.timestamp / packetSeconds);
    if (index < startPacket) continue;
    if (index >= startPacket + packets) break;
    const placed = packet.clone({ timestamp: index * packetSeconds, duration: packetSeconds });
    await target.add(placed, { decoderConfig });
  }
  return finish();
}

function cmafOutput(sequence: number): { output: Output; finish: () => Promise<CmafSegment> } {
  const target = new BufferTarget();
  const initTarget = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target, initTarget });
  const finish = async () => {
    await output.finalize();
    if (!target.buffer || !initTarget.buffer) throw new Error("the muxer wrote nothing");
    const init = new Uint8Array(initTarget.buffer);
    const media = new Uint8Array(target.buffer);
    zeroCreationTimes(init);
    setSequenceNumber(media, sequence);
    return { init, media };
  };
  return { output, finish };
}

/**
 * Zeroes the creation and modification times, so that making a media segment again gives the same bytes
 * (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2).
 */
function zeroCreationTimes(init: Uint8Array): void {
  for (const box of boxes(init, ["moov", "trak", "mdia"])) {
    if (!["mvhd", "tkhd", "mdhd"].includes(box.type)) continue;
    const wide = init[box.content] === 1;
    init.fill(0, box.content + 4, box.content + (wide ? 20 : 12));
  }
}

/** Sets the fragment's sequence number (ISO/IEC 14496-12 §8.8.5). The muxer starts at 1 in every media segment. */
function setSequenceNumber(media: Uint8Array, sequence: number): void {
  const view = new DataView(media.buffer, media.byteOffset, media.byteLength);
  for (const box of boxes(media, ["moof"])) if (box.type === "mfhd") view.setUint32(box.content + 4, sequence);
}

/** Iterates over the boxes of a file, and over the boxes inside the named containers. */
function* boxes(
  data: Uint8Array,
  containers: readonly string[],
  start = 0,
  end = data.byteLength,
): Generator<{ type: string; content: number }> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = start; at + 8 <= end; ) {
    const size = view.getUint32(at);
    const type = String.fromCharCode(...data.subarray(at + 4, at + 8));
    yield { type, content: at + 8 };
    if (containers.includes(type)) yield* boxes(data, containers, at + 8, at + size);
    // The special sizes 0 (to the end of the file) and 1 (64-bit size) occur only in the mdat box, which is the last
    // one.
    if (size < 8) return;
    at += size;
  }
}
