import { expect, test } from "vitest";
import { downloadName, failureText, formatLength, statusOf, timeLeft } from "../../../public/player/status.js";
import { taskErrorCodes } from "../../../src/api/errors.ts";

const task = { state: 4 as const, progress: 40, stage: "rendering" };

test.each([
  [{ ...task, stage: "queued", queue_position: 1 }, "nothing", "Waiting to start …"],
  [{ ...task, stage: "queued", queue_position: 4 }, "nothing", "Waiting to start: 3 before this one …"],
  [{ ...task, stage: "planning" }, "nothing", "Preparing the video …"],
  [task, "nothing", "Rendering: 40 %."],
  [{ ...task, eta_seconds: 42 }, "nothing", "Rendering: 40 %, about 40 seconds left."],
  [
    { ...task, eta_seconds: 200 },
    "part",
    "Rendering: 40 %, about 3 minutes left. You can already watch the first part.",
  ],
  [task, "whole", "You can watch the whole video. The file for the download is nearly ready."],
  [
    { ...task, durations: [3, 4] },
    "whole",
    "You can watch the whole video. Other videos of this task are still being rendered: 40 %.",
  ],
] as const)("the status of %j with %s to watch is %j", (given, playable, message) => {
  expect(statusOf({ ...given, durations: [...("durations" in given ? given.durations : [])] }, playable)).toEqual({
    message,
    percent: 40,
  });
});

test("a task that has ended has no status", () => {
  expect(statusOf({ ...task, state: 1, progress: 100 }, "whole")).toEqual({ message: "", percent: null });
});

test("every failure is explained in words, without its code", () => {
  for (const code of taskErrorCodes) {
    const text = failureText({ ...task, state: -1, failure: { code, message: "x", retryable: true } });
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toContain("_");
  }
  expect(failureText({ ...task, state: -1 })).toBe("Something went wrong while this video was being made.");
});

test.each([
  [3, "a few seconds"],
  [14, "about 10 seconds"],
  [70, "about a minute"],
  [600, "about 10 minutes"],
  [7300, "about 2 hours"],
])("%d seconds are shown as %s", (seconds, text) => {
  expect(timeLeft(seconds)).toBe(text);
});

test.each([
  [0.4, "0:00"],
  [7.34, "0:07"],
  [59.6, "0:59"],
  [754, "12:34"],
  [3723, "1:02:03"],
])("a length of %d seconds is shown as %s", (seconds, text) => {
  expect(formatLength(seconds)).toBe(text);
});

test.each([
  ["", 1, "final-1.mp4"],
  ['Sea/side: a "trip"?', 1, "Sea side a trip.mp4"],
  ["Ausflug ans Meer", 2, "Ausflug ans Meer 2.mp4"],
  ["海", 1, "海.mp4"],
])("the title %j of video %d is saved as %j", (title, video, name) => {
  expect(downloadName(title, video)).toBe(name);
});
