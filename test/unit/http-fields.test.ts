import fc from "fast-check";
import { expect, test } from "vitest";
import { shouldFillCache } from "../../src/delivery/cache-fill-policy.ts";
import { contentDisposition } from "../../src/delivery/content-disposition.ts";
import { evaluatePreconditions, rangeApplies } from "../../src/delivery/preconditions.ts";
import { parseHttpDate } from "../../src/util/http-date.ts";

const now = Date.UTC(2026, 10, 24);
const example = Date.UTC(1994, 10, 6, 8, 49, 37);

test("the three forms of an HTTP date mean the same", () => {
  expect(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", now)).toBe(example);
  expect(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", now)).toBe(example);
  expect(parseHttpDate("Sun Nov  6 08:49:37 1994", now)).toBe(example);
});

test("what is no HTTP date is none, though a lenient parser would read it", () => {
  for (const text of ["2026-11-24", "Sun, 06 Nov 1994 08:49:37 +0100", "Sun, 31 Feb 2026 08:49:37 GMT", "0", ""]) {
    expect(parseHttpDate(text, now)).toBeNull();
  }
});

test("every date that a browser writes is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(parseHttpDate(new Date(seconds * 1000).toUTCString(), now)).toBe(seconds * 1000);
    }),
  );
});

const validators = { etag: '"a"', lastModified: new Date(example) };
const headers = (fields: Record<string, string>) => new Headers(fields);
const at = new Date(example).toUTCString();
const before = new Date(example - 1000).toUTCString();

test("preconditions are taken in the order of RFC 9110 §13.2.2", () => {
  const cases: [Record<string, string>, string][] = [
    [{}, "proceed"],
    [{ "if-match": '"a"', "if-unmodified-since": before }, "proceed"],
    [{ "if-match": 'W/"a"' }, "failed"],
    [{ "if-match": '"b", "a"', "if-none-match": '"a"' }, "not-modified"],
    [{ "if-match": "*", "if-none-match": '"b"', "if-modified-since": at }, "proceed"],
    [{ "if-match": '"b"', "if-none-match": '"a"' }, "failed"],
    [{ "if-unmodified-since": before }, "failed"],
    [{ "if-unmodified-since": at }, "proceed"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": 'W/"a"' }, "not-modified"],
    [{ "if-modified-since": at }, "not-modified"],
    [{ "if-modified-since": before }, "proceed"],
    [{ "if-modified-since": "yesterday" }, "proceed"],
  ];
  for (const [fields, outcome] of cases) {
    expect([fields, evaluatePreconditions(headers(fields), validators)]).toEqual([fields, outcome]);
  }
});

test("If-Range holds for the same strong tag or the exact date only", () => {
  const holds = (value: string | null) => rangeApplies(value, validators);
  expect([holds(null), holds('"a"'), holds(at)]).toEqual([true, true, true]);
  expect([holds('W/"a"'), holds('"b"'), holds(before), holds("a"), holds("")]).toEqual(Array(5).fill(false));
});

test("a file name is given plainly, or in UTF-8 beside a fallback", () => {
  expect(contentDisposition("inline", "final-1.mp4")).toBe('inline; filename="final-1.mp4"');
  expect(contentDisposition("attachment", 'a "b\\c.mp4')).toBe('attachment; filename="a \\"b\\\\c.mp4"');
  expect(contentDisposition("attachment", "été 100%.mp4")).toBe(
    "attachment; filename=\"_t_ 100_.mp4\"; filename*=UTF-8''%C3%A9t%C3%A9%20100%25.mp4",
  );
});

test("any file name gives a header that can be sent, and is read back from it", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 40 }), (codes) => {
      const name = String.fromCharCode(...codes);
      const value = contentDisposition("attachment", name);
      expect(value).toMatch(/^[\x20-\x7e]*$/);
      const extended = /filename\*=UTF-8''(\S*)$/.exec(value)?.[1];
      if (extended !== undefined) expect(decodeURIComponent(extended)).toBe(name.toWellFormed());
    }),
  );
});

test("a probe of a large file does not bring it into the cache, playing it does", () => {
  const size = 20_000_000;
  expect(shouldFillCache({ first: 0, last: 0 }, size)).toBe(false);
  expect(shouldFillCache({ suffix: 1 }, size)).toBe(false);
  expect(shouldFillCache({ first: 1_000_000, last: null }, size)).toBe(true);
  expect(shouldFillCache(null, size)).toBe(true);
  expect(shouldFillCache(null, 5_000_000_000)).toBe(false);
});
