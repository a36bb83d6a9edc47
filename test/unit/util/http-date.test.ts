import fc from "fast-check";
import { expect, test } from "vitest";
import { parseHttpDate } from "../../../src/util/http-date.ts";

const now = Date.UTC(2026, 10, 24);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

test("the three forms of an HTTP date are parsed to the same time", () => {
  expect(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", now)).toBe(example);
  expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", now)).toBe(example);
  expect(parseHttpDate("Sun Nov  6 08:49:37 1994", now)).toBe(example);
});

test("parseHttpDate refuses other date formats that a lenient parser would accept", () => {
  for (const text of ["2026-11-24", "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 31 Feb 2026 08:49:37 GMT", "0", ""]) {
    expect(parseHttpDate(text, now)).toBeNull();
  }
});

test("every date written by toUTCString is parsed back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(parseHttpDate(new Date(seconds * 1000).toUTCString(), now)).toBe(seconds * 1000);
    }),
  );
});
