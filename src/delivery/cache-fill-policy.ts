import type { RangeSpec } from "./range.ts";

/** Max size of a cached file. A Worker has 30 s after its response to fill the cache. */
const MAX_CACHED_FILE_BYTES = 256 * 1024 * 1024;
/** A request must ask for at least this share of a file for the file to be cached. */
const MIN_REQUESTED_SHARE = 1 / 512;

/**
 * Decides whether a request should put the whole file into the edge cache. Small reads of a large file, such as a
 * player's probe, should not.
 *
 * @param range the requested range, or null for the whole file.
 * @param size size of the file in bytes.
 */
export function shouldFillCache(range: RangeSpec | null, size: number): boolean {
  if (size > MAX_CACHED_FILE_BYTES) return false;
  if (range === null) return true;
  const requested = "suffix" in range ? range.suffix : (range.last ?? size - 1) - range.first + 1;
  return requested >= size * MIN_REQUESTED_SHARE;
}
