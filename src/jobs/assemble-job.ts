import {
  BufferSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputAudioTrack,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
} from "mediabunny";
import { CodedError } from "../api/errors.ts";
import { PACKET_SAMPLES, packetsOf } from "../delivery/hls/media-segment-times.ts";
import type { AssembleWork } from "../protocol/task-jobs.ts";
import { ObjectSink } from "../storage/mediabunny-sink.ts";
import { objectSource } from "../storage/mediabunny-source.ts";
import { chooseTrack } from "../storage/segment-track.ts";
import { SAMPLE_RATE } from "../timeline/plan-timeline.ts";

/** The error for segments that do not fit together, or are not what the plan says. */
export function joinError(message: string): CodedError {
  return new CodedError("join_failed", message);
}

/** Bytes reserved for a packet's entries in the sample tables: more than any packet needs. */
const TABLE_BYTES_PER_PACKET = 48;
/** Bytes reserved for the rest of the moov box. */
const MOOV_BYTES = 65_536;
/**
 * Joins segments and a soundtrack into one MP4 by copying their packets. The moov box comes first
 * ("faststart"). Memory holds one or two segments and a few R2 parts.
 *
 * @param signal stops the job; no object is left then.
 * @throws CodedError `join_failed` if codec configurations or frame counts do not match the plan; the signal's reason.
 */
export async function assemble(bucket: R2Bucket, work: AssembleWork, signal: AbortSignal): Promise<void> {
  const frames = work.segments.reduce((sum, segment) => sum + segment.frames, 0);
  const sound = work.soundtrack === null ? null : await openSoundtrack(bucket, work.soundtrack);
  const audioPackets = sound ? packetsOf(frames, work.frameRate, SAMPLE_RATE) : 0;
  const moovBytes = (frames + audioPackets) * TABLE_BYTES_PER_PACKET + MOOV_BYTES;
  const sink = new ObjectSink(bucket, work.key, "video/mp4", moovBytes);
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: "reserve" }),
    target: new StreamTarget(sink.writable),
  });
  try {
    const video = new EncodedVideoPacketSource("avc");
    output.addVideoTrack(video, { frameRate: work.frameRate, maximumPacketCount: frames });
    const audio = sound ? new EncodedAudioPacketSource("aac") : null;
    if (audio) output.addAudioTrack(audio, { maximumPacketCount: audioPackets });
    if (work.title) output.setMetadataTags({ title: work.title });
    await output.start();
    const copySound = audio && sound ? soundCopier(audio, sound, audioPackets) : null;
    await copyVideo(bucket, work, video, async (time) => copySound?.(time));
    await copySound?.(Number.POSITIVE_INFINITY);
    await output.finalize();
    signal.throwIfAborted();
    await sink.complete();
  } catch (error) {
    if (output.state !== "finalized" && output.state !== "canceled") await output.cancel().catch(() => undefined);
    await sink.abort();
    throw error;
  }
}

/**
 * Copies the video packets of all segments.
 *
 * @param before is called with the time in seconds of each packet before it is written.
 */
async function copyVideo(
  bucket: R2Bucket,
  work: AssembleWork,
  target: EncodedVideoPacketSource,
  before: (time: number) => Promise<void>,
): Promise<void> {
  let configuration: string | null = null;
  let frame = 0;
  let next = readSegment(bucket, work.segments[0]?.key);
  for (const [index, { frames }] of work.segments.entries()) {
    const name = `segment ${index + 1} of ${work.segments.length}`;
    const bytes = await next;
    next = readSegment(bucket, work.segments[index + 1]?.key);
    // Until the next round awaits it, a failure would count as an unhandled rejection.
    next.catch(() => undefined);
    if (!bytes) throw joinError(`${name} is no longer stored`);
    using input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
    const track = chooseTrack(await input.getVideoTracks(), work.track, name);
    const decoderConfig = await track.getDecoderConfig();
    if (!decoderConfig) throw joinError(`${name} has no codec configuration`);
    const description = JSON.stringify([
      decoderConfig.codec,
      decoderConfig.codedWidth,
      decoderConfig.codedHeight,
      hex(decoderConfig.description),
    ]);
    configuration ??= description;
    if (description !== configuration) {
      throw joinError(
        `${name} has another codec configuration (${description}) than the segments before it (${configuration})`,
      );
    }
    const end = frame + frames;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (frame === end) throw joinError(`${name} has more than ${frames} frames`);
      const timestamp = frame / work.frameRate;
      await before(timestamp);
      await target.add(packet.clone({ timestamp, duration: 1 / work.frameRate }), { decoderConfig });
      frame++;
    }
    if (frame !== end) throw joinError(`${name} has ${frames + frame - end} frames instead of ${frames}`);
  }
}

async function readSegment(bucket: R2Bucket, key: string | undefined): Promise<ArrayBuffer | null> {
  const object = key === undefined ? null : await bucket.get(key);
  return object ? object.arrayBuffer() : null;
}

async function openSoundtrack(bucket: R2Bucket, key: string): Promise<InputAudioTrack> {
  const object = await bucket.head(key);
  if (!object) throw joinError("the soundtrack is no longer stored");
  const input = new Input({ formats: [MP4], source: objectSource(bucket, key, object.size) });
  const track = await input.getPrimaryAudioTrack();
  if (!track) throw joinError("the soundtrack has no audio track");
  return track;
}

/**
 * Returns a function that copies audio packets up to a time in seconds, so that video and audio are interleaved in the
 * file. The encoder's priming lies before 0 and is left out: with it, the file would need an edit list, which some players
 * and platforms ignore or refuse. The streams leave it out too.
 *
 * @param count number of packets to copy.
 */
function soundCopier(
  target: EncodedAudioPacketSource,
  track: InputAudioTrack,
  count: number,
): (time: number) => Promise<void> {
  const packets = new EncodedPacketSink(track).packets();
  const packetSeconds = PACKET_SAMPLES / SAMPLE_RATE;
  let waiting: EncodedPacket | null | undefined;
  let copied = 0;
  const take = async () => {
    for (;;) {
      const packet = (await packets.next()).value ?? null;
      if (!packet || Math.round(packet.timestamp / packetSeconds) >= 0) return packet;
    }
  };
  return async (time) => {
    if (waiting === undefined) waiting = await take();
    while (waiting && copied < count && copied * packetSeconds <= time) {
      const decoderConfig = await track.getDecoderConfig();
      const placed = waiting.clone({ timestamp: copied * packetSeconds, duration: packetSeconds });
      await target.add(placed, decoderConfig ? { decoderConfig } : undefined);
      copied++;
      waiting = await take();
    }
  };
}

function hex(data: ArrayBuffer | ArrayBufferView | undefined): string {
  if (!data) return "";
  const bytes = ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
