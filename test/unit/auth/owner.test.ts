import { expect, test } from "vitest";
import { isOwner } from "../../../src/api/owner.ts";

test("isOwner accepts only names that are safe in a path, a storage key and a log", () => {
  for (const name of ["default", "a", "team-1", "a.b_c", "9", "x".repeat(64)]) expect(isOwner(name), name).toBe(true);
  for (const name of ["", "A", "a/b", "-a", "a-", ".", "a b", "é", "a\n", "x".repeat(65)]) {
    expect(isOwner(name), JSON.stringify(name)).toBe(false);
  }
});
