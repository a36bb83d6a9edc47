import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom, shuffled } from "../../../src/timeline/seeded-random.ts";

const take = (seed: string, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, random);
};

test("a seed always gives the same random numbers, and different seeds give different ones", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(take(a, 20)).toEqual(take(a, 20));
      if (a !== b) expect(take(a, 20)).not.toEqual(take(b, 20));
    }),
  );
});

test("seeded random numbers are spread evenly over [0, 1)", () => {
  const numbers = take("edgereel", 20_000);
  const bins = new Array<number>(20).fill(0);
  for (const number of numbers) {
    expect(number).toBeGreaterThanOrEqual(0);
    expect(number).toBeLessThan(1);
    const bin = Math.floor(number * 20);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  // Each bin should have 1000 numbers. Six standard deviations are 185.
  for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(185);
});

test("a shuffle keeps every item, leaves its input unchanged and can put any item first", () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.string(), (items, seed) => {
      const copy = [...items];
      const result = shuffled(items, seededRandom(seed));
      expect(items).toEqual(copy);
      expect(result.toSorted((a, b) => a - b)).toEqual(copy.toSorted((a, b) => a - b));
    }),
  );
  const first = new Set(Array.from({ length: 100 }, (_, index) => shuffled([0, 1, 2, 3], seededRandom(`${index}`))[0]));
  expect(first.size).toBe(4);
});
