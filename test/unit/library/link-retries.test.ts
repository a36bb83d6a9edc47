import { expect, test } from "vitest";
import { delayBeforeRetry } from "../../../src/library/link-retries.ts";

test("the waits before a link is fetched again grow up to sixteen seconds, with jitter", () => {
  expect([1, 2, 3, 4, 5, 6].map((tries) => delayBeforeRetry(tries, 0, 60_000, 0))).toEqual([
    ...[1000, 2000, 4000, 8000, 16_000, 16_000],
  ]);
  expect(delayBeforeRetry(2, 0, 60_000, 1)).toBe(3000);
});

test("a link is not fetched again if the next try would begin too late", () => {
  expect(delayBeforeRetry(1, 43_999, 45_000, 0)).toBe(1000);
  expect(delayBeforeRetry(1, 44_000, 45_000, 0)).toBeNull();
  expect(delayBeforeRetry(3, 1, 0, 0)).toBeNull();
});
