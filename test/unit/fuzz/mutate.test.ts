import { expect, test } from "vitest";
import { mutated } from "../../fuzz/mutate.ts";

test("a seed always damages a file in the same way, and different seeds damage it differently", () => {
  const file = new Uint8Array(5000).map((_, at) => at & 0xff);
  const copies = Array.from({ length: 50 }, (_, seed) => mutated(file, String(seed)));
  for (const [seed, copy] of copies.entries()) {
    expect(mutated(file, String(seed))).toEqual(copy);
    expect(copy).not.toEqual(file);
  }
  expect(new Set(copies.map((copy) => Buffer.from(copy).toString("hex"))).size).toBe(copies.length);
  expect(copies.some((copy) => copy.length < file.length)).toBe(true);
});
