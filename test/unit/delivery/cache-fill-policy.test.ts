import { expect, test } from "vitest";
import { shouldFillCache } from "../../../src/delivery/cache-fill-policy.ts";

test("a file is cached when it is played, but not when it is probed or very large", () => {
  const size = 20_000_000;
  expect(shouldFillCache({ first: 0, last: 0 }, size)).toBe(false);
  expect(shouldFillCache({ suffix: 1 }, size)).toBe(false);
  expect(shouldFillCache({ first: 1_000_000, last: null }, size)).toBe(true);
  expect(shouldFillCache(null, size)).toBe(true);
  expect(shouldFillCache(null, 5_000_000_000)).toBe(false);
});
