import { expect, test } from "vitest";
import { mediaPlaylist, multivariantPlaylist } from "../../../../src/delivery/hls/playlist.ts";

const growing = { targetDuration: 2, init: "video/init.mp4" };

test("a media playlist only grows at its end until it is complete", () => {
  const segments = [2, 1.5, 2].map((duration, index) => ({ duration, uri: `video/${index}.m4s` }));
  const part = mediaPlaylist({ ...growing, segments: segments.slice(0, 2), complete: false });
  const whole = mediaPlaylist({ ...growing, segments, complete: true });
  expect(part).toContain("#EXT-X-PLAYLIST-TYPE:EVENT\n");
  expect(part).not.toContain("#EXT-X-ENDLIST");
  expect(whole.replace("PLAYLIST-TYPE:VOD", "PLAYLIST-TYPE:EVENT").startsWith(part)).toBe(true);
  expect(whole.endsWith("#EXTINF:2.000000,\nvideo/2.m4s\n#EXT-X-ENDLIST\n")).toBe(true);
});

test("a multivariant playlist has an audio rendition only if the video has sound", () => {
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
