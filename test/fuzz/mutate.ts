import { seededRandom } from "../../src/timeline/seeded-random.ts";

/**
 * Returns a damaged copy of a file: truncated, with a part zeroed or overwritten by the file's beginning, or with flipped
 * bits, mostly near the start and the end. The same seed gives the same copy.
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
    // Near the end too, because many formats have their index there.
    const at = random() < 0.3 ? copy.length - 1 - below(within) : below(within);
    copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
  }
  return copy;
}
