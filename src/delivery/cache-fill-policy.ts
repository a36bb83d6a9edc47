import type { RangeSpec } from "./range.ts";

/** Largest file kept whole at the edge, in bytes. A Worker has 30 s for it after its answer. */
const LARGEST = 256 * 1024 * 1024;
/** A file is fetched into the cache for a request that asks for at least this share of it. */
const WORTHWHILE = 1 / 512;

/** Whether a request is worth the whole file: a probe of a large one is not. */
export function isWorthFilling(range: RangeSpec | null, size: number): boolean {
  if (size > LARGEST) return false;
  if (range === null) return true;
  const asked = "suffix" in range ? range.suffix : (range.last ?? size - 1) - range.first + 1;
  return asked >= size * WORTHWHILE;
}
