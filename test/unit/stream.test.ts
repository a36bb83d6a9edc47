import fc from "fast-check";
import { expect, test } from "vitest";
import { mediaSegmentTimes, PACKET_SAMPLES } from "../../src/delivery/hls/media-segment-times.ts";
import { mediaPlaylist, multivariantPlaylist } from "../../src/delivery/hls/playlist.ts";
import { cutSegments } from "../../src/timeline/segments.ts";

test("pieces tile picture and sound without gap, and stay in step within one packet", () => {
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
      expect(soundEnd).toBeGreaterThanOrEqual(end - 1e-9);
      expect(soundEnd).toBeLessThan(end + PACKET_SAMPLES / 48_000);
    }),
  );
});

const growing = { targetDuration: 2, init: "video/init.mp4" };

test("a playlist only grows at its end until it is complete", () => {
  const segments = [2, 1.5, 2].map((duration, index) => ({ duration, uri: `video/${index}.m4s` }));
  const part = mediaPlaylist({ ...growing, segments: segments.slice(0, 2), complete: false });
  const whole = mediaPlaylist({ ...growing, segments, complete: true });
  expect(part).toContain("#EXT-X-PLAYLIST-TYPE:EVENT\n");
  expect(part).not.toContain("#EXT-X-ENDLIST");
  expect(whole.replace("PLAYLIST-TYPE:VOD", "PLAYLIST-TYPE:EVENT").startsWith(part)).toBe(true);
  expect(whole.endsWith("#EXTINF:2.000000,\nvideo/2.m4s\n#EXT-X-ENDLIST\n")).toBe(true);
});

test("the multivariant playlist names sound as a rendition only where there is sound", () => {
  const variant = {
    videoCodec: "avc1.64001f",
    audioCodec: "mp4a.40.2",
    width: 720,
    height: 1280,
    frameRate: 30,
    bandwidth: 1_000_000.5,
    averageBandwidth: null,
    audioChannels: 2,
  };
  const uris = { video: "final-1/video.m3u8", audio: "final-1/audio.m3u8" };
  const text = multivariantPlaylist(variant, uris);
  expect(text).toContain('URI="final-1/audio.m3u8"');
  expect(text).toContain(
    '#EXT-X-STREAM-INF:BANDWIDTH=1000001,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=720x1280,FRAME-RATE=30.000,AUDIO="sound",CLOSED-CAPTIONS=NONE\nfinal-1/video.m3u8\n',
  );
  expect(multivariantPlaylist({ ...variant, averageBandwidth: 900_000 }, uris)).toContain(
    "BANDWIDTH=1000001,AVERAGE-BANDWIDTH=900000,CODECS=",
  );
  const silent = multivariantPlaylist({ ...variant, audioCodec: null }, uris);
  expect(silent).not.toMatch(/AUDIO|audio/);
});

test("the first segment is a second at most, the others as long as before, and no frame is lost", () => {
  const shots = fc.array(
    fc.record({
      source: fc.nat(3),
      kind: fc.constant("video" as const),
      start: fc.nat(100),
      frames: fc.integer({ min: 1, max: 400 }),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(shots, (given) => {
      const segments = cutSegments(given as never, { longest: 150, opening: 30, grid: 30 });
      let position = 0;
      for (const segment of segments) {
        expect(segment.start).toBe(position);
        expect(segment.pieces.reduce((sum, { frames }) => sum + frames, 0)).toBe(segment.frames);
        expect(segment.frames).toBeLessThanOrEqual(position === 0 ? 30 : 150);
        position += segment.frames;
      }
      expect(position).toBe(given.reduce((sum, { frames }) => sum + frames, 0));
    }),
  );
});
