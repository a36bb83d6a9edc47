import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluatePreconditions, type Precondition, rangeApplies } from "../../../src/delivery/preconditions.ts";

const example = Date.UTC(1994, 10, 6, 8, 49, 37);

const validators = { etag: '"a"', lastModified: new Date(example) };
const headers = (fields: Record<string, string>) => new Headers(fields);
const at = new Date(example).toUTCString();
const before = new Date(example - 1000).toUTCString();

test("preconditions are evaluated in the order of RFC 9110 §13.2.2", () => {
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

test("If-Range matches only the same strong ETag or the exact date", () => {
  const holds = (value: string | null) => rangeApplies(value, validators);
  expect([holds(null), holds('"a"'), holds(at)]).toEqual([true, true, true]);
  expect([holds('W/"a"'), holds('"b"'), holds(before), holds("a"), holds("")]).toEqual(Array(5).fill(false));
});

const etag = '"abc"';
const lastModified = new Date("2026-11-20T10:00:00.750Z");
const exactly = "Fri, 20 Nov 2026 10:00:00 GMT";
const justBefore = "Fri, 20 Nov 2026 09:59:59 GMT";
const after = "Fri, 20 Nov 2026 10:00:01 GMT";
const stored = { etag, lastModified };

test.each<[Record<string, string>, Precondition]>([
  [{}, "proceed"],
  [{ "if-match": '"abc"' }, "proceed"],
  [{ "if-match": '"x", "abc"' }, "proceed"],
  [{ "if-match": "*" }, "proceed"],
  [{ "if-match": '"x"' }, "failed"],
  [{ "if-match": 'W/"abc"' }, "failed"],
  [{ "if-match": "abc" }, "failed"],
  [{ "if-unmodified-since": exactly }, "proceed"],
  [{ "if-unmodified-since": after }, "proceed"],
  [{ "if-unmodified-since": justBefore }, "failed"],
  [{ "if-unmodified-since": "yesterday" }, "proceed"],
  [{ "if-none-match": '"abc"' }, "not-modified"],
  [{ "if-none-match": 'W/"abc"' }, "not-modified"],
  [{ "if-none-match": '"x", W/"abc"' }, "not-modified"],
  [{ "if-none-match": "*" }, "not-modified"],
  [{ "if-none-match": '"x"' }, "proceed"],
  [{ "if-modified-since": exactly }, "not-modified"],
  [{ "if-modified-since": after }, "not-modified"],
  [{ "if-modified-since": justBefore }, "proceed"],
  [{ "if-modified-since": "Friday, 20-Nov-26 10:00:00 GMT" }, "not-modified"],
  [{ "if-modified-since": "Fri Nov 20 10:00:00 2026" }, "not-modified"],
  // RFC 9110 §13.2.2: ETags are evaluated before dates, and If-Match before If-None-Match.
  [{ "if-match": '"abc"', "if-unmodified-since": justBefore }, "proceed"],
  [{ "if-match": '"x"', "if-unmodified-since": after }, "failed"],
  [{ "if-none-match": '"x"', "if-modified-since": after }, "proceed"],
  [{ "if-none-match": '"abc"', "if-modified-since": justBefore }, "not-modified"],
  [{ "if-match": '"x"', "if-none-match": '"abc"' }, "failed"],
  [{ "if-match": '"abc"', "if-none-match": '"abc"' }, "not-modified"],
  [{ "if-unmodified-since": justBefore, "if-none-match": '"abc"' }, "failed"],
])("the conditional headers %j give the outcome %s", (headers, expected) => {
  expect(evaluatePreconditions(new Headers(headers), stored)).toBe(expected);
});

test.each(["2999-01-01", "2999", "1", "Nov 20 2999", "Fri, 20 Nov 2999 10:00:00 +0000", "Fri, 20 Nov 2999 10:00:00"])(
  "If-Modified-Since is ignored if its date is the invalid HTTP date %j",
  (date) => {
    expect(evaluatePreconditions(new Headers({ "if-modified-since": date }), stored)).toBe("proceed");
  },
);

test("evaluatePreconditions does not throw for arbitrary headers", () => {
  const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
  const value = fc.oneof(
    fc.stringMatching(/^[ -~]{0,30}$/),
    fc.constantFrom(etag, `W/${etag}`, "*", exactly, justBefore, after, '"', 'W/"', ',,"abc",'),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), value), (headers) => {
      expect(["proceed", "not-modified", "failed"]).toContain(evaluatePreconditions(new Headers(headers), stored));
    }),
  );
});

test.each<[string | null, boolean]>([
  [null, true],
  [etag, true],
  [` ${etag} `, true],
  ['"x"', false],
  [`W/${etag}`, false],
  [`${etag}, "x"`, false],
  [exactly, true],
  [justBefore, false],
  // The date must be the same, not only later (RFC 9110 §13.1.5).
  [after, false],
  ["2026-11-20T10:00:00Z", false],
  ["", false],
  ["*", false],
])("rangeApplies for the If-Range value %j is %s", (header, expected) => {
  expect(rangeApplies(header, stored)).toBe(expected);
});
