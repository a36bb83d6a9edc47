import { expect, test } from "vitest";
import { repairOverflow } from "../../../voice/src/repair-overflow.ts";

/** A tone whose 16-bit samples overflow if the amplitude is above 32,767. */
const tone = (amplitude: number, period: number) =>
  Int16Array.from({ length: 400 }, (_, index) => amplitude * Math.sin((2 * Math.PI * index) / period));

test.each([33_000, 36_000, 40_000])(
  "peaks of %i are restored, and everything gets quieter by the same factor",
  (peak) => {
    const repaired = repairOverflow(tone(peak, 40));
    const expected = tone(32_767, 40);
    for (const [index, sample] of repaired.entries()) expect(Math.abs(sample - (expected[index] ?? 0))).toBeLessThan(3);
  },
);

test("samples that did not overflow stay as they are", () => {
  for (const samples of [
    tone(32_767, 9),
    tone(30_000, 400),
    Int16Array.of(0, 20_000, -15_000, 15_000, 0),
    new Int16Array(0),
  ]) {
    expect(repairOverflow(samples)).toBe(samples);
  }
});

test("a single large step is no overflow", () => {
  const samples = Int16Array.from({ length: 100 }, (_, index) => (index < 50 ? -25_000 : 25_000));
  expect(repairOverflow(samples)).toBe(samples);
});
