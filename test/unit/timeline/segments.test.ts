import fc from "fast-check";
import { expect, test } from "vitest";
import { cutSegments } from "../../../src/timeline/segments.ts";

test("the first segment lasts at most a second, later ones keep their max length, and no frame is lost", () => {
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
