import { expect, test } from "vitest";
import { pictureSeekPoint, soundSeekPoint } from "../../../../src/ffmpeg/times/seek-point.ts";
import type { MediaProbe } from "../../../../src/protocol/render-job.ts";
import { probedVideo } from "../../../support/jobs.ts";

const file = (format: string, keyframeInterval: number | null = 2): MediaProbe => ({
  ...{ kind: "video", format, duration: 100, audio: null },
  video: { ...probedVideo(64, 64, 25), keyframeInterval },
});

test.each(["mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"])(
  "a piece of a %s file is read from just before it",
  (format) => {
    expect(pictureSeekPoint(file(format), 25, 50)).toBeCloseTo(50 - 1.1 / 25 - 0.002);
    expect(pictureSeekPoint(file(format, null), null, 50)).toBeLessThan(50);
    expect(pictureSeekPoint(file(format, null), null, 50)).toBeGreaterThan(49.9);
  },
);

test.each(["flv", "mpegts", "avi"])(
  "a piece of a file of the format %s is read from a keyframe before it",
  (format) => {
    expect(pictureSeekPoint(file(format), 25, 50)).toBe(50 - 2 - 1);
    expect(pictureSeekPoint(file(format), null, 50)).toBe(50 - 2 - 1);
    expect(pictureSeekPoint(file(format), 25, 3.5)).toBe(0);
  },
);

test("a file is read from its beginning if its keyframes or its format are unknown", () => {
  expect(pictureSeekPoint(file("flv", null), null, 50)).toBe(0);
  expect(pictureSeekPoint(file("gif"), null, 50)).toBe(0);
});

test("a clip's sound is read from earlier than it is heard, and from the beginning near the beginning", () => {
  expect(soundSeekPoint(50)).toBe(48);
  expect(soundSeekPoint(2.5)).toBe(0);
});
