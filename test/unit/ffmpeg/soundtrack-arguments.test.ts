import { expect, test } from "vitest";
import { soundtrackRuns } from "../../../src/ffmpeg/soundtrack-arguments.ts";
import { soundtrackJob } from "../../support/jobs.ts";

test("a soundtrack gets a limiter and a second measurement only if its peaks are too high", () => {
  const soundtrack = soundtrackJob(2);
  const measured = (loudness: number, peak: number) => `Summary:\n I: ${loudness} LUFS\n Peak: ${peak} dBFS\n`;
  const quiet = soundtrackRuns(soundtrack);
  quiet.next();
  const written = quiet.next(measured(-24, -13));
  expect(written.done).toBe(true);
  expect(written.value.join(" ")).toContain("volume=10.000dB");
  expect(written.value.join(" ")).not.toContain("alimiter");

  const peaky = soundtrackRuns(soundtrack);
  peaky.next();
  const again = peaky.next(measured(-24, -3));
  expect(again.done).toBe(false);
  expect(again.value.join(" ")).toContain("alimiter");
  const limited = peaky.next(measured(-14.2, Number.NEGATIVE_INFINITY));
  expect(limited.done).toBe(true);
  expect(limited.value.join(" ")).toContain("volume=10.200dB,aresample=192000,alimiter");
});
