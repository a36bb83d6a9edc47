import { expect, test } from "vitest";
import { isPublicFile, keys, outputNames } from "../../../src/storage/keys.ts";

test("the storage keys of a task start with the prefix of that task only", () => {
  for (const key of [keys.output("a", "final-1.mp4"), keys.rendered("a", "00ff")]) {
    expect(key.startsWith(keys.task("a"))).toBe(true);
    expect(key.startsWith(keys.task("aa"))).toBe(false);
  }
});

test("only the files that a task publishes are public", () => {
  for (const video of [1, 2, 10]) {
    expect(isPublicFile(outputNames.final(video))).toBe(true);
    expect(isPublicFile(outputNames.combined(video))).toBe(true);
  }
  for (const name of [
    "",
    "final-0.mp4",
    "final-1.mp4.bak",
    "final-1.mp4\n",
    "segments/final-1.mp4",
    "../final-1.mp4",
    "final-1",
    "FINAL-1.mp4",
    "final-12345.mp4",
  ]) {
    expect(isPublicFile(name), name).toBe(false);
  }
});
