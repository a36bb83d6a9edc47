import fc from "fast-check";
import { expect, test } from "vitest";
import { aspects } from "../../../src/api/video-request.ts";
import { frameSize, requestedFrame } from "../../../src/timeline/plan-timeline.ts";

test.each([
  ["9:16", 1080, 1080, 1920],
  ["16:9", 1080, 1920, 1080],
  ["1:1", 1080, 1080, 1080],
  ["3:4", 1080, 1080, 1440],
  ["9:16", 720, 720, 1280],
  ["9:16", 480, 480, 854],
] as const)("a %s frame with a short side of %d is %d×%d", (aspect, short, width, height) => {
  expect(frameSize(aspect, short)).toEqual({ width, height });
});

test("a frame has even sides, the requested short side, and the aspect ratio within one pixel", () => {
  fc.assert(
    fc.property(fc.constantFrom(...aspects), fc.integer({ min: 32, max: 1080 }), (aspect, half) => {
      const { width, height } = frameSize(aspect, half * 2);
      const [x = 1, y = 1] = aspect.split(":").map(Number);
      expect([width % 2, height % 2]).toEqual([0, 0]);
      expect(Math.min(width, height)).toBe(half * 2);
      expect(Math.abs(Math.max(width, height) - (half * 2 * Math.max(x, y)) / Math.min(x, y))).toBeLessThanOrEqual(1);
    }),
  );
});

test.each([
  ["1920x1080", 1080, 1920, 1080],
  ["1024x1792", 1080, 1024, 1792],
  ["360x640", 720, 360, 640],
  ["1080x1920", 720, 720, 1280],
  ["1792x1024", 720, 1260, 720],
] as const)(
  "a requested size is the size of the frame, or is reduced to the renderer's limit in the same shape",
  (video_size, limit, width, height) => {
    expect(requestedFrame({ video_aspect: "9:16", video_size }, limit)).toEqual({ width, height });
  },
);

test("without a requested size, the aspect decides the size of the frame", () => {
  expect(requestedFrame({ video_aspect: "16:9", video_size: null }, 720)).toEqual({ width: 1280, height: 720 });
});
