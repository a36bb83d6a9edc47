/** Samples in an AAC-LC packet (ISO/IEC 14496-3). */
export const PACKET_SAMPLES = 1024;

/**
 * How many AAC packets sound as long as a number of frames is shown, to the nearest packet: sound and picture end within
 * 11 ms of each other at 48 kHz.
 *
 * @param sampleRate in hertz.
 */
export function packetsOf(frames: number, frameRate: number, sampleRate: number): number {
  return Math.max(1, Math.round((frames * sampleRate) / (frameRate * PACKET_SAMPLES)));
}

/** The place of one media segment (RFC 8216bis §3) on the video's timeline. */
export interface MediaSegmentTime {
  /** The first video frame. */
  startFrame: number;
  /** Number of video frames. */
  frames: number;
  /** The first audio packet, counted from the start of the video. */
  startPacket: number;
  /** Number of audio packets. */
  packets: number;
}

/**
 * Computes the times of all media segments of a video. Each rendered segment becomes one media segment of video and one
 * of audio. The audio one has all packets that begin during the video one; the last one ends as {@link packetsOf} says.
 * Both renditions therefore have the same number of media segments, and their borders differ by less than one packet.
 *
 * @param frames number of frames of each rendered segment, in playback order.
 * @param sampleRate in hertz.
 */
export function mediaSegmentTimes(
  frames: readonly number[],
  frameRate: number,
  sampleRate: number,
): MediaSegmentTime[] {
  const allPackets = packetsOf(
    frames.reduce((sum, count) => sum + count, 0),
    frameRate,
    sampleRate,
  );
  const packetsBefore = (frame: number) =>
    Math.min(allPackets, Math.ceil((frame * sampleRate) / (frameRate * PACKET_SAMPLES)));
  let startFrame = 0;
  return frames.map((count) => {
    const startPacket = packetsBefore(startFrame);
    const packets = packetsBefore(startFrame + count) - startPacket;
    const time = { startFrame, frames: count, startPacket, packets };
    startFrame += count;
    return time;
  });
}
