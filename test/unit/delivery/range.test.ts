import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange, type RangeSpec, resolveRange } from "../../../src/delivery/range.ts";

test.each<[string, RangeSpec[]]>([
  ["bytes=0-99", [{ first: 0, last: 99 }]],
  ["bytes=100-", [{ first: 100, last: null }]],
  ["bytes=-500", [{ suffix: 500 }]],
  ["bytes=-0", [{ suffix: 0 }]],
  ["BYTES=0-0", [{ first: 0, last: 0 }]],
  ["  bytes=0-1  ", [{ first: 0, last: 1 }]],
  ["bytes=0-0, 5-9 ,\t-1", [{ first: 0, last: 0 }, { first: 5, last: 9 }, { suffix: 1 }]],
  ["bytes=,0-1,,", [{ first: 0, last: 1 }]],
  ["bytes=007-009", [{ first: 7, last: 9 }]],
])("parseRange reads the header %j", (header, expected) => {
  expect(parseRange(header)).toEqual(expected);
});

test.each([
  [null],
  [undefined],
  [""],
  ["bytes"],
  ["bytes="],
  ["bytes=,"],
  ["bytes=-"],
  ["bytes=5-4"],
  ["bytes=0-1,5-4"],
  ["bytes=a-b"],
  ["bytes=0-1;"],
  ["bytes=0 - 1"],
  ["bytes=--1"],
  ["bytes=+0-1"],
  ["bytes=0x0-0x9"],
  ["bytes=1.0-2"],
  ["bytes =0-1"],
  ["items=0-9"],
  ["bytes:0-9"],
])("parseRange ignores the missing or invalid header %j", (header) => {
  expect(parseRange(header)).toBeNull();
});

test("parseRange never throws and accepts exactly what RFC 9110 §14.1.1 allows", () => {
  const item = fc.oneof(
    fc.tuple(fc.nat(), fc.option(fc.nat())).map(([first, last]) => `${first}-${last ?? ""}`),
    fc.nat().map((suffix) => `-${suffix}`),
    fc.stringMatching(/^[0-9a-z,\- ]{0,8}$/),
    fc.string({ maxLength: 6 }),
  );
  const header = fc.oneof(
    fc.array(item, { maxLength: 5 }).map((items) => `bytes=${items.join(",")}`),
    fc.string(),
  );
  fc.assert(
    fc.property(header, (text) => {
      expect(parseRange(text)).toEqual(byTheGrammar(text));
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, RangeSpec, number, { first: number; last: number } | null]>([
  ["the first byte", { first: 0, last: 0 }, 10, { first: 0, last: 0 }],
  ["the last byte", { first: 9, last: 9 }, 10, { first: 9, last: 9 }],
  ["a range with an open end", { first: 4, last: null }, 10, { first: 4, last: 9 }],
  ["a range that ends past the end of the file", { first: 4, last: 10 }, 10, { first: 4, last: 9 }],
  ["a range that starts past the end of the file", { first: 10, last: 12 }, 10, null],
  ["an open range that starts past the end of the file", { first: 10, last: null }, 10, null],
  ["a suffix", { suffix: 3 }, 10, { first: 7, last: 9 }],
  ["a suffix longer than the file", { suffix: 11 }, 10, { first: 0, last: 9 }],
  ["a suffix of zero bytes", { suffix: 0 }, 10, null],
  ["a range of an empty file", { first: 0, last: null }, 0, null],
  ["a suffix of an empty file", { suffix: 1 }, 0, null],
])("resolveRange resolves %s (%j) in a file of %i bytes to %j", (_, spec, size, expected) => {
  expect(resolveRange(spec, size)).toEqual(expected);
});

test("resolveRange returns exactly the requested bytes that the file has, or null if it has none", () => {
  fc.assert(
    fc.property(fc.nat({ max: 40 }), fc.nat({ max: 40 }), fc.option(fc.nat({ max: 40 })), (size, first, length) => {
      const asked = (position: number) => position >= first && (length === null || position <= first + length);
      const inside = Array.from({ length: size }, (_, position) => position).filter(asked);
      const range = resolveRange({ first, last: length === null ? null : first + length }, size);
      expect(range).toEqual(inside.length === 0 ? null : { first: inside[0], last: inside.at(-1) });
    }),
  );
});

test("a byte position larger than any file counts as past the end of the file", () => {
  const [spec] = parseRange("bytes=99999999999999999999-") ?? [];
  expect(spec && resolveRange(spec, 5 * 1024 ** 4)).toBeNull();
  const [wide] = parseRange("bytes=0-99999999999999999999") ?? [];
  expect(wide && resolveRange(wide, 10)).toEqual({ first: 0, last: 9 });
});

/** A direct implementation of the grammar in RFC 9110 §14.1.1 and §14.2, with the list rule of §5.6.1.2. */
function byTheGrammar(header: string): RangeSpec[] | null {
  const text = header.trim();
  if (text.slice(0, 6).toLowerCase() !== "bytes=") return null;
  const items = text
    .slice(6)
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
  const specs: RangeSpec[] = [];
  for (const item of items) {
    const dash = item.indexOf("-");
    if (dash < 0) return null;
    const [first, last] = [item.slice(0, dash), item.slice(dash + 1)];
    const digits = (part: string) => part !== "" && [...part].every((character) => "0123456789".includes(character));
    if (digits(first) && last === "") specs.push({ first: Number(first), last: null });
    else if (digits(first) && digits(last) && Number(first) <= Number(last))
      specs.push({ first: Number(first), last: Number(last) });
    else if (first === "" && digits(last)) specs.push({ suffix: Number(last) });
    else return null;
  }
  return specs.length > 0 ? specs : null;
}
