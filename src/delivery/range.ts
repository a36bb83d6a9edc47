/**
 * One requested byte range (RFC 9110 §14.1.2), not yet checked against the file's size. Positions are inclusive.
 * `suffix` is a number of bytes at the end of the file.
 */
export type RangeSpec = { first: number; last: number | null } | { suffix: number };

/** A byte range inside a file. Positions are inclusive. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * Parses a `Range` header (RFC 9110 §14.2).
 *
 * @returns the requested ranges. Null if the header is missing, malformed, or uses another unit than bytes; the server
 *   then sends the whole file.
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

/** Parses a position. Numbers above the safe integers are clamped, because no file is that large. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

/**
 * Clips a requested range to a file of `size` bytes.
 *
 * @returns null if the range cannot be satisfied (RFC 9110 §14.1.2).
 */
export function resolveRange(spec: RangeSpec, size: number): ByteRange | null {
  if ("suffix" in spec) {
    if (spec.suffix === 0 || size === 0) return null;
    return { first: Math.max(0, size - spec.suffix), last: size - 1 };
  }
  if (spec.first >= size) return null;
  return { first: spec.first, last: Math.min(spec.last ?? size - 1, size - 1) };
}

/** The decision about a set of requested ranges. `whole` means: ignore the ranges and send the whole file. */
export type RangeChoice = { kind: "whole" } | { kind: "unsatisfiable" } | { kind: "ranges"; ranges: ByteRange[] };

/** Max ranges in one request. */
export const MAX_REQUESTED_RANGES = 32;
/** Max ranges in one response. Each range needs a separate read from storage. */
export const MAX_RESPONSE_RANGES = 16;

/**
 * Decides how to answer a set of requested ranges (RFC 9110 §14.2, §15.3.7.2, §17.15). Ranges outside the file are left
 * out. Overlapping and adjacent ranges are joined. The whole file is sent if there are too many ranges, or if together
 * they have at least as many bytes as the file. The response keeps the order of the request.
 *
 * @param size size of the file in bytes.
 */
export function chooseRanges(specs: readonly RangeSpec[], size: number): RangeChoice {
  if (specs.length > MAX_REQUESTED_RANGES) return { kind: "whole" };
  const asked = specs.map((spec) => resolveRange(spec, size)).filter((range) => range !== null);
  if (asked.length === 0) return { kind: "unsatisfiable" };
  const bytes = asked.reduce((sum, range) => sum + range.last - range.first + 1, 0);
  if (asked.length > 1 && bytes >= size) return { kind: "whole" };
  const ranges = coalesce(asked);
  return ranges.length > MAX_RESPONSE_RANGES ? { kind: "whole" } : { kind: "ranges", ranges };
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
