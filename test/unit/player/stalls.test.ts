import { expect, test } from "vitest";
import { stallDetector, wayOutOfStall } from "../../../public/player/stalls.js";

test("a video that is meant to play and does not move for the limit has stalled, and is told so once per limit", () => {
  const stalled = stallDetector(5000);
  const seen = [0, 1000, 4000, 5000, 6000, 10_000].map((now) => stalled(now, 2, true));
  expect(seen).toEqual([false, false, false, true, false, true]);
});

test("a video that moves, even slowly, or that the viewer has paused, has not stalled", () => {
  const moving = stallDetector(5000);
  for (let now = 0; now < 60_000; now += 4000) expect(moving(now, now / 1e6, true)).toBe(false);
  const paused = stallDetector(5000);
  for (let now = 0; now < 60_000; now += 4000) expect(paused(now, 2, false)).toBe(false);
  // The time in which it was paused does not count.
  expect(paused(57_000, 2, true)).toBe(false);
  expect(paused(61_000, 2, true)).toBe(true);
});

test("a stalled video goes on with its finished file, or else with the stream if that has grown", () => {
  const task = { state: 4 as const, progress: 40, videos: [] as string[], segments: { total: 9, finished: 3 } };
  expect(wayOutOfStall(task, 1, 3)).toEqual({ source: null, reload: false });
  expect(wayOutOfStall(task, 1, 2)).toEqual({ source: null, reload: true });
  expect(wayOutOfStall({ ...task, state: 1, videos: ["/tasks/a/final-1.mp4"] }, 1, 9)).toEqual({
    source: "/tasks/a/final-1.mp4",
    reload: true,
  });
  expect(wayOutOfStall({ ...task, state: 1 }, 1, 9)).toEqual({ source: null, reload: true });
});
