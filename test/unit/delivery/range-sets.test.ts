import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ByteRange,
  chooseRanges,
  MAX_REQUESTED_RANGES,
  MAX_RESPONSE_RANGES,
  parseRange,
  resolveRange,
} from "../../../src/delivery/range.ts";

const choose = (header: string, size: number) => chooseRanges(parseRange(header) ?? [], size);

test("ranges that do not touch are returned separately, in the requested order", () => {
  expect(choose("bytes=5000-5009,0-9", 10_000)).toEqual({
    kind: "ranges",
    ranges: [
      { first: 5000, last: 5009 },
      { first: 0, last: 9 },
    ],
  });
});

test("overlapping and adjacent ranges are merged", () => {
  expect(choose("bytes=0-99,50-149,150-200", 10_000)).toEqual({ kind: "ranges", ranges: [{ first: 0, last: 200 }] });
});

test("ranges outside the file are dropped, and a set with no range inside the file is unsatisfiable", () => {
  expect(choose("bytes=0-9,20000-", 10_000)).toEqual({ kind: "ranges", ranges: [{ first: 0, last: 9 }] });
  expect(choose("bytes=10000-,-0", 10_000)).toEqual({ kind: "unsatisfiable" });
});

test("a range set that covers more than the file or has too many ranges gets the whole file", () => {
  expect(choose("bytes=0-,0-,0-", 10_000)).toEqual({ kind: "whole" });
  const many = Array.from({ length: MAX_REQUESTED_RANGES + 1 }, (_, index) => `${index * 1000}-${index * 1000}`).join(
    ",",
  );
  expect(choose(`bytes=${many}`, 10_000_000)).toEqual({ kind: "whole" });
  const parts = Array.from({ length: MAX_RESPONSE_RANGES + 1 }, (_, index) => `${index * 1000}-${index * 1000}`).join(
    ",",
  );
  expect(choose(`bytes=${parts}`, 10_000_000)).toEqual({ kind: "whole" });
});

test("the chosen ranges contain every requested byte and never overlap", () => {
  const spec = fc.oneof(
    fc.record({ suffix: fc.nat(3000) }),
    fc
      .tuple(fc.nat(3000), fc.option(fc.nat(3000), { nil: null }))
      .map(([first, length]) => ({ first, last: length === null ? null : first + length })),
  );
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 2000 }), (specs, size) => {
      const asked = specs.map((each) => resolveRange(each, size)).filter((range) => range !== null);
      const choice = chooseRanges(specs, size);
      if (choice.kind === "unsatisfiable") return asked.length === 0;
      if (choice.kind === "whole") return specs.length > 1;
      const covers = (outer: ByteRange, inner: ByteRange) => outer.first <= inner.first && inner.last <= outer.last;
      const sorted = choice.ranges.toSorted((a, b) => a.first - b.first);
      return (
        asked.every((range) => choice.ranges.some((answered) => covers(answered, range))) &&
        sorted.every(
          (range, index) =>
            range.first >= 0 &&
            range.last < size &&
            range.first <= range.last &&
            (index === 0 || range.first > (sorted[index - 1]?.last ?? 0)),
        ) &&
        choice.ranges.length <= MAX_RESPONSE_RANGES
      );
    }),
  );
});
