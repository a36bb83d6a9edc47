import fc from "fast-check";
import { expect, test } from "vitest";
import { mediaSegmentTimes, PACKET_SAMPLES } from "../../../../src/delivery/hls/media-segment-times.ts";

test("media segments have no gaps in video or audio, the audio is at most one packet ahead, and both end within half a packet", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 60 }), (frames) => {
      const times = mediaSegmentTimes(frames, 30, 48_000);
      let frame = 0;
      let packet = 0;
      for (const time of times) {
        expect([time.startFrame, time.startPacket]).toEqual([frame, packet]);
        expect(time.packets).toBeGreaterThan(0);
        const ahead = (time.startPacket * PACKET_SAMPLES) / 48_000 - time.startFrame / 30;
        expect(ahead).toBeGreaterThanOrEqual(-1e-9);
        expect(ahead).toBeLessThan(PACKET_SAMPLES / 48_000);
        frame += time.frames;
        packet += time.packets;
      }
      const end = frames.reduce((sum, count) => sum + count, 0) / 30;
      const soundEnd = (packet * PACKET_SAMPLES) / 48_000;
      expect(Math.abs(soundEnd - end)).toBeLessThanOrEqual(PACKET_SAMPLES / 48_000 / 2 + 1e-9);
    }),
  );
});
