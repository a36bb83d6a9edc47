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
import { chooseTrack } from "../../jobs/join-segments.ts";
import type { AssembleWork } from "../../protocol/task-jobs.ts";
import { PACKET_SAMPLES, type PieceTime } from "./segment-times.ts";

/** A piece of a stream, and the header that goes before the first piece. */
export interface CmafPiece {
  init: Uint8Array;
  media: Uint8Array;
}

/**
 * Turns a rendered segment into a CMAF segment by copying its packets to their place on the timeline.
 *
 * @param sequence counts the stream's pieces from 1.
 */
export async function videoPiece(
  segment: ArrayBuffer,
  { track: wanted, frameRate }: Pick<AssembleWork, "track" | "frameRate">,
  { startFrame }: Pick<PieceTime, "startFrame">,
  sequence: number,
): Promise<CmafPiece> {
  using input = new Input({ formats: [MP4], source: new BufferSource(segment) });
  const track = chooseTrack(await input.getVideoTracks(), wanted, "of the stream");
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
 * Cuts a CMAF segment of whole packets from a soundtrack. The encoder's priming, which lies before
 * the timeline's beginning, is left out: sound and picture both begin at 0, in step.
 *
 * @param sequence counts the stream's pieces from 1.
 */
export async function audioPiece(
  track: InputAudioTrack,
  { startPacket, packets }: Pick<PieceTime, "startPacket" | "packets">,
  sequence: number,
): Promise<CmafPiece> {
  const decoderConfig = await track.getDecoderConfig();
  if (!decoderConfig) throw new Error("the soundtrack has no codec configuration");
  const packetSeconds = PACKET_SAMPLES / decoderConfig.sampleRate;
  const { output, finish } = cmafOutput(sequence);
  const target = new EncodedAudioPacketSource("aac");
  output.addAudioTrack(target);
  await output.start();
  const sink = new EncodedPacketSink(track);
  // Asked for at its middle, so that no rounding takes a neighbour.
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

function cmafOutput(sequence: number): { output: Output; finish: () => Promise<CmafPiece> } {
  const target = new BufferTarget();
  const initTarget = new BufferTarget();
  const output = new Output({ format: new CmafOutputFormat(), target, initTarget });
  const finish = async () => {
    await output.finalize();
    if (!target.buffer || !initTarget.buffer) throw new Error("the muxer wrote nothing");
    const init = new Uint8Array(initTarget.buffer);
    const media = new Uint8Array(target.buffer);
    forgetCreationTime(init);
    numberFragments(media, sequence);
    return { init, media };
  };
  return { output, finish };
}

/** Zeroes the time of muxing, so that making a piece again gives the same bytes (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2). */
function forgetCreationTime(init: Uint8Array): void {
  for (const box of boxes(init, ["moov", "trak", "mdia"])) {
    if (!["mvhd", "tkhd", "mdhd"].includes(box.type)) continue;
    const wide = init[box.content] === 1;
    init.fill(0, box.content + 4, box.content + (wide ? 20 : 12));
  }
}

/** Makes fragment numbers go on over a stream's pieces, where the muxer counts each from 1 (§8.8.5). */
function numberFragments(media: Uint8Array, sequence: number): void {
  const view = new DataView(media.buffer, media.byteOffset, media.byteLength);
  for (const box of boxes(media, ["moof"])) if (box.type === "mfhd") view.setUint32(box.content + 4, sequence);
}

/** The boxes of a file, with those inside of the named ones. */
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
    // A size of 0 or 1 (to the end, or 64 bit) only ever stands at a last mdat, which nothing follows.
    if (size < 8) return;
    at += size;
  }
}
