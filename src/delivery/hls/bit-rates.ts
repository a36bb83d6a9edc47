import { EncodedPacketSink, type InputTrack } from "mediabunny";
import { PACKET_SAMPLES, type PieceTime } from "./segment-times.ts";

/** Bit rates of a rendition whose pieces are all there (RFC 8216bis §4.4.6.2), in bits per second. */
export interface Rates {
  /** Of the piece that has the most. */
  peak: number;
  average: number;
}

/** What CMAF puts around a piece's packets, in bytes, at most: boxes, and a packet's entry among them. */
const BOXES = 200;
const ENTRY = 16;

/**
 * The rates of a finished video's picture, whose packets are those of the pieces.
 *
 * @param track of the finished video.
 */
export function pictureRates(track: InputTrack, times: readonly PieceTime[], frameRate: number): Promise<Rates> {
  return ratesOf(
    track,
    times.map(({ startFrame, frames }) => ({ end: startFrame + frames, seconds: frames / frameRate })),
    (_seconds, count) => count,
  );
}

/**
 * The rates of a soundtrack.
 *
 * @param sampleRate in hertz.
 */
export function soundRates(track: InputTrack, times: readonly PieceTime[], sampleRate: number): Promise<Rates> {
  const packetSeconds = PACKET_SAMPLES / sampleRate;
  return ratesOf(
    track,
    times.map(({ startPacket, packets }) => ({ end: startPacket + packets, seconds: packets * packetSeconds })),
    (seconds) => Math.round(seconds / packetSeconds),
  );
}

/** @param indexOf says which packet of the timeline it is, from its time and how many came before; below 0 for priming. */
async function ratesOf(
  track: InputTrack,
  pieces: readonly { end: number; seconds: number }[],
  indexOf: (seconds: number, count: number) => number,
): Promise<Rates> {
  const bytes = pieces.map(() => BOXES);
  let count = 0;
  let piece = 0;
  for await (const packet of new EncodedPacketSink(track).packets(undefined, undefined, { metadataOnly: true })) {
    const index = indexOf(packet.timestamp, count++);
    while (piece < pieces.length - 1 && index >= (pieces[piece]?.end ?? 0)) piece++;
    if (index < 0 || index >= (pieces[piece]?.end ?? 0)) continue;
    bytes[piece] = (bytes[piece] ?? 0) + packet.byteLength + ENTRY;
  }
  const seconds = pieces.reduce((sum, each) => sum + each.seconds, 0);
  return {
    peak: Math.max(...pieces.map((each, at) => ((bytes[at] ?? 0) * 8) / each.seconds)),
    average: (bytes.reduce((sum, each) => sum + each, 0) * 8) / seconds,
  };
}
