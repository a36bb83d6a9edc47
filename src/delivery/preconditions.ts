import { parseHttpDate } from "../util/http-date.ts";

/** The result of a request's preconditions (RFC 9110 §13): send the file, answer 304, or answer 412. */
export type Precondition = "proceed" | "not-modified" | "failed";

/** The validators of a file (RFC 9110 §8.8). */
export interface Validators {
  /** A strong entity tag with its quotes. */
  etag: string;
  lastModified: Date;
}

/** Evaluates the preconditions of a GET or HEAD request in the order of RFC 9110 §13.2.2. */
export function evaluatePreconditions(headers: Headers, { etag, lastModified }: Validators): Precondition {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, etag, "strong")) return "failed";
  } else {
    const unmodifiedSince = httpDate(headers.get("if-unmodified-since"));
    if (unmodifiedSince !== null && wholeSeconds(lastModified) > unmodifiedSince) return "failed";
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) return listsTag(ifNoneMatch, etag, "weak") ? "not-modified" : "proceed";
  const modifiedSince = httpDate(headers.get("if-modified-since"));
  if (modifiedSince !== null && wholeSeconds(lastModified) <= modifiedSince) return "not-modified";
  return "proceed";
}

/**
 * True if `If-Range` allows to apply `Range` (RFC 9110 §13.1.5). It must be the strong entity tag or the exact date.
 */
export function rangeApplies(ifRange: string | null, { etag, lastModified }: Validators): boolean {
  if (ifRange === null) return true;
  const value = ifRange.trim();
  if (value.startsWith('"') || value.startsWith("W/")) return value === etag;
  return httpDate(value) === wholeSeconds(lastModified);
}

function listsTag(header: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (header.trim() === "*") return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => (comparison === "weak" ? tag.replace(/^W\//, "") === etag : tag === etag));
}

function httpDate(value: string | null): number | null {
  return parseHttpDate(value, Date.now());
}

/** A time in milliseconds, rounded down to a second: HTTP dates have no fractions. */
function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}
