import {
  BufferSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
} from "mediabunny";
import { CodedError } from "../api/errors.ts";
import type { AssembleWork } from "../protocol/task-jobs.ts";
import { ObjectSink } from "../storage/mediabunny-sink.ts";
import { objectSource } from "../storage/mediabunny-source.ts";

/** Segments that do not fit together, or are not what the plan says. */
export class JoinError extends CodedError {
  override name = "JoinError";

  constructor(message: string, options?: ErrorOptions) {
    super("join_failed", message, options);
  }
}

/** Room for a packet's entries in the sample tables, in bytes; more than any takes. */
const TABLE_BYTES_PER_PACKET = 48;
/** An AAC packet holds 1024 samples; some room for priming. */
const AAC_PACKETS = (seconds: number) => Math.ceil((seconds * 48_000) / 1024) + 8;

/**
 * Joins segments and a soundtrack by copying packets into one MP4 whose moov comes first
 * ("faststart"), with bounded memory: a segment or two, and a few R2 parts.
 *
 * @param signal leaves no object when it is aborted before the end.
 * @throws JoinError when the segments' codec configurations or frame counts, or the packets of sound, do not fit.
 */
export async function assemble(bucket: R2Bucket, work: AssembleWork, signal: AbortSignal): Promise<void> {
  const frames = work.segments.reduce((sum, segment) => sum + segment.frames, 0);
  const sound = work.soundtrack === null ? null : await openSoundtrack(bucket, work.soundtrack);
  const audioPackets = sound ? AAC_PACKETS(frames / work.frameRate) : 0;
  const sink = new ObjectSink(bucket, work.key, "video/mp4", (frames + audioPackets) * TABLE_BYTES_PER_PACKET + 65_536);
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
    const copySound =
      audio && sound ? soundCopier(audio, sound, { end: frames / work.frameRate, most: audioPackets }) : null;
    await copyPicture(bucket, work, video, async (time) => copySound?.(time));
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

async function copyPicture(
  bucket: R2Bucket,
  work: AssembleWork,
  target: EncodedVideoPacketSource,
  before: (time: number) => Promise<void>,
): Promise<void> {
  let configuration: string | null = null;
  let frame = 0;
  let next = readSegment(bucket, work.segments[0]?.key);
  for (const [index, { frames, key }] of work.segments.entries()) {
    const bytes = await next;
    next = readSegment(bucket, work.segments[index + 1]?.key);
    // A failure that is noticed only in the next round must not count as unhandled until then.
    next.catch(() => undefined);
    if (!bytes) throw new JoinError(`the segment ${key} is not stored`);
    using input = new Input({ formats: [MP4], source: new BufferSource(bytes) });
    const track = chooseTrack(await input.getVideoTracks(), work.track, key);
    const decoderConfig = await track.getDecoderConfig();
    if (!decoderConfig) throw new JoinError(`the segment ${key} has no codec configuration`);
    const description = JSON.stringify([
      decoderConfig.codec,
      decoderConfig.codedWidth,
      decoderConfig.codedHeight,
      hex(decoderConfig.description),
    ]);
    configuration ??= description;
    if (description !== configuration) {
      throw new JoinError(
        `the segment ${key} was encoded with another configuration (${description}) than those before it (${configuration})`,
      );
    }
    const end = frame + frames;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      if (frame === end) throw new JoinError(`the segment ${key} has more than ${frames} frames`);
      const timestamp = frame / work.frameRate;
      await before(timestamp);
      await target.add(packet.clone({ timestamp, duration: 1 / work.frameRate }), { decoderConfig });
      frame++;
    }
    if (frame !== end) throw new JoinError(`the segment ${key} has ${frames + frame - end} frames and not ${frames}`);
  }
}

async function readSegment(bucket: R2Bucket, key: string | undefined): Promise<ArrayBuffer | null> {
  const object = key === undefined ? null : await bucket.get(key);
  return object ? object.arrayBuffer() : null;
}

/** The track of a segment that an output shows. */
export function chooseTrack(tracks: InputVideoTrack[], wanted: AssembleWork["track"], key: string): InputVideoTrack {
  const track = wanted === "clean" ? tracks[0] : tracks.at(-1);
  if (!track) throw new JoinError(`the segment ${key} has no picture`);
  return track;
}

async function openSoundtrack(bucket: R2Bucket, key: string): Promise<InputAudioTrack> {
  const object = await bucket.head(key);
  if (!object) throw new JoinError(`the soundtrack ${key} is not stored`);
  const input = new Input({ formats: [MP4], source: objectSource(bucket, key, object.size) });
  const track = await input.getPrimaryAudioTrack();
  if (!track) throw new JoinError(`the soundtrack ${key} has no sound`);
  return track;
}

/** Copies sound up to a time on each call, so that picture and sound lie side by side in the file. */
function soundCopier(
  target: EncodedAudioPacketSource,
  track: InputAudioTrack,
  { end, most }: { end: number; most: number },
): (time: number) => Promise<void> {
  const packets = new EncodedPacketSink(track).packets();
  let waiting: EncodedPacket | null | undefined;
  let copied = 0;
  const take = async () => (await packets.next()).value ?? null;
  return async (time) => {
    if (waiting === undefined) waiting = await take();
    while (waiting && waiting.timestamp <= time && waiting.timestamp < end) {
      // A damaged recording may come out as packets without length, of which there is no end.
      if (copied++ === most) throw new JoinError(`the soundtrack has more than ${most} packets in ${end} seconds`);
      const decoderConfig = await track.getDecoderConfig();
      await target.add(waiting, decoderConfig ? { decoderConfig } : undefined);
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
