import { expect, test } from "vitest";
import { parseRange } from "../../src/media/range.ts";

test("a byte range is read with inclusive positions", () => {
  expect(parseRange("bytes=0-99")).toEqual([{ first: 0, last: 99 }]);
});
