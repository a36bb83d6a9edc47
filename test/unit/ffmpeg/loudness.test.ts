import { expect, test } from "vitest";
import { loudnessGain, MeasurementError, readLoudness } from "../../../src/ffmpeg/loudness.ts";

test("readLoudness reads the last summary in ffmpeg's log and throws if there is none", () => {
  const log =
    "Summary:\n I: -50.0 LUFS\n Summary:\n\n  Integrated loudness:\n    I:         -23.4 LUFS\n  True peak:\n    Peak:       -1.2 dBFS\n";
  expect(readLoudness(log)).toEqual({ integrated: -23.4, peak: -1.2 });
  expect(loudnessGain(readLoudness(log))).toBeCloseTo(9.4);
  expect(() => readLoudness("ffmpeg version 5")).toThrow(MeasurementError);
});

test("silence gets no gain", () => {
  const silence = readLoudness("Summary:\n I: -70.0 LUFS\n Peak: -inf dBFS");
  expect(silence).toEqual({ integrated: Number.NEGATIVE_INFINITY, peak: Number.NEGATIVE_INFINITY });
  expect(loudnessGain(silence)).toBe(0);
});
