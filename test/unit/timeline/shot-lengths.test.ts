import fc from "fast-check";
import { expect, test } from "vitest";
import { FRAME_RATE } from "../../../src/timeline/plan-timeline.ts";
import { type LengthChoice, shotLengths } from "../../../src/timeline/shot-lengths.ts";
import { planShots, type Source } from "../../../src/timeline/shots.ts";

const HALF_SECOND = FRAME_RATE / 2;
const clip = (duration: number): Source => ({ kind: "video", start: 0, duration, limit: 0 });

const frames = (narration: number, clipDuration: number, sources: Source[] = [clip(2.9)]) =>
  planShots(sources, {
    ...{ mode: "sequential", transition: null, frameRate: FRAME_RATE, seed: "seed", variant: 0, variants: 1 },
    ...{ clipSpeed: 1, imageMotion: "zoom", clipDuration, totalFrames: Math.round(narration * FRAME_RATE) },
  });

test.each([
  [7.34, 0.6],
  [7.34, 0.8],
  [7.34, 0.5],
  [40, 0.5],
  [10.1, 5],
  [61.04, 0.55],
])("no shot of a narration of %f s and clips of at most %f s is shorter than half a second", (narration, longest) => {
  const lengths = frames(narration, longest, [clip(60)]).map((shot) => shot.frames);
  expect(Math.min(...lengths)).toBeGreaterThanOrEqual(HALF_SECOND);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(Math.round(longest * FRAME_RATE) + 1);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(Math.round(narration * FRAME_RATE));
});

test("two shots are equally long if neither can last half a second", () => {
  expect(frames(0.8, 0.5).map((shot) => shot.frames)).toEqual([12, 12]);
});

test("a shot that continues the shot before it in its source begins where that one ends", () => {
  const shots = frames(7.34, 0.6, [clip(60)]);
  expect(shots.map(({ frames: length }) => length).slice(-3)).not.toContain(18);
  for (const [index, shot] of shots.entries()) {
    const before = shots[index - 1];
    expect(shot.start).toBeCloseTo(before ? before.start + before.frames / FRAME_RATE : 0, 6);
  }
});

const choices = fc
  .array(fc.record({ wanted: fc.integer({ min: 1, max: 60 }), more: fc.integer({ min: 0, max: 1 }) }), {
    minLength: 1,
    maxLength: 30,
  })
  .map((list) => list.map(({ wanted, more }): LengthChoice => ({ wanted, longest: wanted + more })))
  .chain((list) => {
    const last = list.at(-1)?.wanted ?? 1;
    const all = list.reduce((sum, { wanted }) => sum + wanted, 0);
    return fc.record({ list: fc.constant(list), total: fc.integer({ min: all - last + 1, max: all }) });
  });

test("shot lengths fill the time exactly, stay below their max, and are short only if there is no other choice", () => {
  fc.assert(
    fc.property(choices, ({ list, total }) => {
      const lengths = shotLengths(list, total, HALF_SECOND);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(total);
      expect([list.length, list.length - 1]).toContain(lengths.length);
      const floor = (index: number) => Math.min(HALF_SECOND, list[index]?.wanted ?? 0);
      for (const [index, length] of lengths.entries()) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(list[index]?.longest ?? 0);
      }
      const floors = list.reduce((sum, _, index) => sum + floor(index), 0);
      const reach = list.slice(0, -1).reduce((sum, { longest }) => sum + longest, 0);
      if (floors <= total || reach >= total) {
        for (const [index, length] of lengths.entries()) expect(length).toBeGreaterThanOrEqual(floor(index));
      }
    }),
    { numRuns: 500 },
  );
});
