import { expect, test } from "vitest";
import { soundPieces } from "../../../src/timeline/sound-pieces.ts";

test("shots that continue in the same source form one sound piece", () => {
  const shots = [
    { source: 0, start: 1, frames: 30 },
    { source: 0, start: 2, frames: 15 },
    { source: 1, start: 0, frames: 30 },
    { source: 0, start: 5, frames: 30 },
  ].map((shot) => ({ ...shot, speed: 1, transition: null, zoom: "in" as const }));
  const pieces = soundPieces(shots, (source) => (source === 0 ? 7 : null), { frameRate: 30, sampleRate: 48_000 });
  expect(pieces).toEqual([
    { input: 7, start: 1, samples: 72_000 },
    { input: null, start: 0, samples: 48_000 },
    { input: 7, start: 5, samples: 48_000 },
  ]);
});

test("shots at half the speed that continue in the same source form one sound piece at that speed", () => {
  const shots = [
    { source: 0, start: 1, frames: 30 },
    { source: 0, start: 1.5, frames: 15 },
    { source: 0, start: 2.5, frames: 30 },
  ].map((shot) => ({ ...shot, speed: 0.5, transition: null, zoom: "in" as const }));
  expect(soundPieces(shots, () => 0, { frameRate: 30, sampleRate: 48_000 })).toEqual([
    { input: 0, start: 1, samples: 72_000, speed: 0.5 },
    { input: 0, start: 2.5, samples: 48_000, speed: 0.5 },
  ]);
});
