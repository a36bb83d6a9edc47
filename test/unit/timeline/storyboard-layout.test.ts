import fc from "fast-check";
import { expect, test } from "vitest";
import { readSubtitleFile } from "../../../src/captions/read-subtitle-file.ts";
import {
  choosePoster,
  chooseTiles,
  type Keyframe,
  MAX_TILES,
  storyboardVtt,
  tileGrid,
} from "../../../src/timeline/storyboard-layout.ts";

const every = (seconds: number, count: number, size = 1000): Keyframe[] =>
  Array.from({ length: count }, (_, index) => ({ time: index * seconds, size }));
const times = (keyframes: Keyframe[]) => keyframes.map(({ time }) => time);

test("a short video has a storyboard tile for each second with a keyframe", () => {
  expect(times(chooseTiles(every(0.5, 20), 10, 1e9))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("keyframes with rounded times still count as one second apart", () => {
  expect(chooseTiles(every(1 - 1e-4, 10), 10, 1e9)).toHaveLength(10);
});

test("a long video has storyboard tiles further apart, and they cover all of it", () => {
  const tiles = times(chooseTiles(every(2, 1800), 3600, 1e9));
  expect(tiles.length).toBeLessThanOrEqual(MAX_TILES);
  expect(tiles.length).toBeGreaterThan(80);
  expect(tiles.at(-1)).toBeGreaterThan(3600 - 2 * 40);
});

test("storyboard tiles are keyframes at least a second apart, within the max number and the byte budget", () => {
  const keyframes = fc
    .array(fc.record({ gap: fc.double({ min: 0.03, max: 20, noNaN: true }), size: fc.integer({ min: 1, max: 1e6 }) }), {
      minLength: 1,
      maxLength: 600,
    })
    .map((gaps) => {
      let end = 0;
      return gaps.map(({ gap, size }) => {
        const time = end;
        end += gap;
        return { time, size };
      });
    });
  fc.assert(
    fc.property(keyframes, fc.integer({ min: 1, max: 2e7 }), (all, budget) => {
      const duration = (all.at(-1)?.time ?? 0) + 1;
      const tiles = chooseTiles(all, duration, budget);
      expect(tiles[0]).toBe(all[0]);
      expect(tiles.length).toBeLessThanOrEqual(MAX_TILES);
      for (const [index, tile] of tiles.entries()) {
        expect(all).toContain(tile);
        if (index > 0) expect(tile.time - (tiles[index - 1]?.time ?? 0)).toBeGreaterThan(0.99);
      }
      if (tiles.length > 1) expect(tiles.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(budget);
    }),
  );
});

test("the poster is the most detailed keyframe of the first ten seconds", () => {
  const black = { time: 0, size: 500 };
  const scene = { time: 2, size: 40_000 };
  const faded = { time: 4, size: 9_000 };
  const late = { time: 12, size: 90_000 };
  expect(choosePoster([black, scene, faded, late])).toBe(scene);
  expect(choosePoster([{ time: 11, size: 5 }, late])).toEqual({ time: 11, size: 5 });
});

test.each([
  [1, 1080, 1920, { columns: 1, rows: 1, width: 160, height: 284 }],
  [10, 1920, 1080, { columns: 10, rows: 1, width: 160, height: 90 }],
  [11, 640, 640, { columns: 10, rows: 2, width: 160, height: 160 }],
  [100, 360, 480, { columns: 10, rows: 10, width: 160, height: 214 }],
])("the tile count %i for a %i×%i video gives a storyboard without an empty row", (tiles, width, height, grid) => {
  expect(tileGrid(tiles, { width, height })).toEqual(grid);
});

test("the storyboard's WebVTT maps each time range to a part of the image", () => {
  const grid = { columns: 2, rows: 2, width: 160, height: 90 };
  expect(storyboardVtt([0, 1.5, 4], 3661.25, grid, "final-1-storyboard.jpg")).toBe(
    [
      "WEBVTT",
      "",
      "00:00:00.000 --> 00:00:01.500",
      "final-1-storyboard.jpg#xywh=0,0,160,90",
      "",
      "00:00:01.500 --> 00:00:04.000",
      "final-1-storyboard.jpg#xywh=160,0,160,90",
      "",
      "00:00:04.000 --> 01:01:01.250",
      "final-1-storyboard.jpg#xywh=0,90,160,90",
      "",
    ].join("\n"),
  );
});

test("the storyboard's WebVTT has one cue per tile, and the cues cover the whole video", async () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_TILES }), (count) => {
      const grid = tileGrid(count, { width: 1080, height: 1920 });
      const vtt = storyboardVtt(times(every(1, count)), count, grid, "a.jpg");
      const { subtitles: cues } = readSubtitleFile(new TextEncoder().encode(vtt), "vtt");
      expect(cues.map(({ start, end }) => [start, end])).toEqual(
        times(every(1, count)).map((time) => [time, time + 1]),
      );
      expect(new Set(cues.map(({ text }) => text)).size).toBe(count);
    }),
    { numRuns: 20 },
  );
});
