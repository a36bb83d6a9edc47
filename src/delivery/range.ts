/** One byte range as asked, before the length is known: RFC 9110 §14.1.2. Positions are inclusive. */
export type RangeSpec = { first: number; last: number | null } | { suffix: number };

/** A byte range inside a representation. Positions are inclusive. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Reads a `Range` header (RFC 9110 §14.2).
 *
 * @returns the ranges asked for, or null when there is no range to honour: no header, another unit,
 *   or one that is not well formed, all of which a server answers with the whole.
 */
export function parseRange(header: string | null | undefined): RangeSpec[] | null {
  const set = /^bytes=(.*)$/i.exec(header?.trim() ?? "")?.[1];
  if (set === undefined) return null;
  const specs: RangeSpec[] = [];
  for (const text of set.split(",")) {
    const item = text.trim();
    if (item === "") continue;
    const match = /^(\d*)-(\d*)$/.exec(item);
    const [, from = "", to = ""] = match ?? [];
    if (from === "" && to === "") return null;
    if (from === "") {
      specs.push({ suffix: position(to) });
    } else {
      const first = position(from);
      const last = to === "" ? null : position(to);
      if (last !== null && last < first) return null;
      specs.push({ first, last });
    }
  }
  return specs.length > 0 ? specs : null;
}

/** Digits past the safe integers are beyond any file all the same. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/**
 * Places a range inside `size` bytes.
 *
 * @returns null when it is not satisfiable (RFC 9110 §14.1.2).
 */
export function resolveRange(spec: RangeSpec, size: number): ByteRange | null {
  if ("suffix" in spec) {
    if (spec.suffix === 0 || size === 0) return null;
    return { first: Math.max(0, size - spec.suffix), last: size - 1 };
  }
  if (spec.first >= size) return null;
  return { first: spec.first, last: Math.min(spec.last ?? size - 1, size - 1) };
}

/** What a server makes of a set of ranges. `whole`: the set is not worth honouring. */
export type RangeChoice = { kind: "whole" } | { kind: "unsatisfiable" } | { kind: "ranges"; ranges: ByteRange[] };

/** Most ranges read from one request. */
export const MAX_RANGES = 32;
/** Most parts of one answer: each costs a read of its own. */
export const MAX_PARTS = 16;

/**
 * Decides what is answered to a set of ranges (RFC 9110 §14.2, §15.3.7.2, §17.15): those outside are
 * left out, overlapping and adjacent ones joined, and a set that is large, or asks for as many bytes as
 * the whole has, is answered with the whole. Parts keep the order they were asked for in.
 */
export function chooseRanges(specs: readonly RangeSpec[], size: number): RangeChoice {
  if (specs.length > MAX_RANGES) return { kind: "whole" };
  const asked = specs.map((spec) => resolveRange(spec, size)).filter((range) => range !== null);
  if (asked.length === 0) return { kind: "unsatisfiable" };
  const bytes = asked.reduce((sum, range) => sum + range.last - range.first + 1, 0);
  if (asked.length > 1 && bytes >= size) return { kind: "whole" };
  const ranges = coalesce(asked);
  return ranges.length > MAX_PARTS ? { kind: "whole" } : { kind: "ranges", ranges };
}

function coalesce(asked: readonly ByteRange[]): ByteRange[] {
  const joined: (ByteRange & { place: number })[] = [];
  for (const range of asked.map((each, place) => ({ ...each, place })).sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before && range.first <= before.last + 1) {
      before.last = Math.max(before.last, range.last);
      before.place = Math.min(before.place, range.place);
    } else {
      joined.push(range);
    }
  }
  return joined.sort((a, b) => a.place - b.place).map(({ first, last }) => ({ first, last }));
}
