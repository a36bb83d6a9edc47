/** Samples in an AAC-LC packet (ISO/IEC 14496-3). */
export const PACKET_SAMPLES = 1024;

/** A piece of a stream on the timeline: the unit a playlist lists. */
export interface PieceTime {
  /** First frame, and how many. */
  startFrame: number;
  frames: number;
  /** First audio packet, counted from the timeline's beginning, and how many. */
  startPacket: number;
  packets: number;
}

/**
 * Lays pieces of picture and sound on one timeline. The sound of a piece is the whole packets that
 * begin within its picture, so that both renditions have as many pieces and drift less than a packet.
 *
 * @param frames of each segment, in order.
 */
export function pieceTimes(frames: readonly number[], frameRate: number, sampleRate: number): PieceTime[] {
  const packetsBefore = (frame: number) => Math.ceil((frame * sampleRate) / (frameRate * PACKET_SAMPLES));
  let startFrame = 0;
  return frames.map((count) => {
    const startPacket = packetsBefore(startFrame);
    const piece = { startFrame, frames: count, startPacket, packets: packetsBefore(startFrame + count) - startPacket };
    startFrame += count;
    return piece;
  });
}
