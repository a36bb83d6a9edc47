import { EncodedPacketSink, type InputTrack } from "mediabunny";
import { type MediaSegmentTime, PACKET_SAMPLES } from "./media-segment-times.ts";

/** Bit rates of a complete rendition (RFC 8216bis §4.4.6.2), in bits per second. */
export interface BitRates {
  /** The bit rate of the media segment with the highest one. */
  peak: number;
  average: number;
}

/** Upper bounds for CMAF's overhead, in bytes: boxes per media segment, and an index entry per packet. */
const BOX_BYTES_PER_SEGMENT = 200;
const INDEX_BYTES_PER_PACKET = 16;

/**
 * The bit rates of the video rendition.
 *
 * @param track video track of the finished file. It has the same packets as the media segments.
 */
export function videoBitRates(
  track: InputTrack,
  times: readonly MediaSegmentTime[],
  frameRate: number,
): Promise<BitRates> {
  return ratesOf(
    track,
    times.map(({ startFrame, frames }) => ({ end: startFrame + frames, seconds: frames / frameRate })),
    (_seconds, count) => count,
  );
}

/**
 * The bit rates of the audio rendition.
 *
 * @param track audio track of the soundtrack.
 * @param sampleRate in hertz.
 */
export function audioBitRates(
  track: InputTrack,
  times: readonly MediaSegmentTime[],
  sampleRate: number,
): Promise<BitRates> {
  const packetSeconds = PACKET_SAMPLES / sampleRate;
  return ratesOf(
    track,
    times.map(({ startPacket, packets }) => ({ end: startPacket + packets, seconds: packets * packetSeconds })),
    (seconds) => Math.round(seconds / packetSeconds),
  );
}

/**
 * @param segments `end` is the index of the first packet after the media segment.
 * @param indexOf returns a packet's index on the timeline, given its time and the number of packets before it.
 *   The index is negative for the encoder's priming.
 */
async function ratesOf(
  track: InputTrack,
  segments: readonly { end: number; seconds: number }[],
  indexOf: (seconds: number, count: number) => number,
): Promise<BitRates> {
  const bytes = segments.map(() => BOX_BYTES_PER_SEGMENT);
  let count = 0;
  let current = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    const index = indexOf(packet.timestamp, count++);
    while (current < segments.length - 1 && index >= (segments[current]?.end ?? 0)) current++;
    if (index < 0 || index >= (segments[current]?.end ?? 0)) continue;
    bytes[current] = (bytes[current] ?? 0) + packet.byteLength + INDEX_BYTES_PER_PACKET;
  }
  const seconds = segments.reduce((sum, each) => sum + each.seconds, 0);
  return {
    peak: Math.max(...segments.map((each, at) => ((bytes[at] ?? 0) * 8) / each.seconds)),
    average: (bytes.reduce((sum, each) => sum + each, 0) * 8) / seconds,
  };
}
