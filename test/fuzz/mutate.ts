import { seededRandom } from "../../src/timeline/seeded-random.ts";

/**
 * Returns a damaged copy of a file. It has flipped bits, mostly in its headers, or a part that is zeroed,
 * overwritten with the start of the file or cut off. The same seed gives the same copy.
 */
export function mutated(file: Uint8Array<ArrayBuffer>, seed: string): Uint8Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const copy = file.slice();
  const way = random();
  const [start, length] = [below(copy.length), 1 + below(Math.min(copy.length, 65_536))];
  if (way < 0.1) return copy.slice(0, start);
  if (way < 0.2) return copy.fill(0, start, start + length);
  if (way < 0.3) copy.copyWithin(start, 0, length);
  const flips = 1 + below(way < 0.6 ? 16 : 2000);
  for (let flip = 0; flip < flips; flip++) {
    const within = random() < 0.5 ? Math.min(copy.length, 4096) : copy.length;
    // Also damages the end, because many files have their index there.
    const at = random() < 0.3 ? copy.length - 1 - below(within) : below(within);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
  }
  return copy;
}
