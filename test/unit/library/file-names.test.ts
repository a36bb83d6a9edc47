import fc from "fast-check";
import { expect, test } from "vitest";
import { cleanFileName, FileNameError } from "../../../src/library/file-names.ts";

test.each([
  ["beach.mp4", "beach.mp4"],
  ["  beach.mp4 ", "beach.mp4"],
  ["my holiday (1).mp4", "my_holiday_1_.mp4"],
  ["视频.mp4", "视频.mp4"],
  ["cafe\u0301.mp4", "café.mp4"],
  ["a..b.mp4", "a..b.mp4"],
  ["..hidden.mp4", "hidden.mp4"],
  ["a%2Fb.mp4", "a_2Fb.mp4"],
  ["a\r\nb.mp4", "a_b.mp4"],
  ["CON.MP4", "CON.MP4"],
])("the file name %j is stored as %j", (given, expected) => {
  expect(cleanFileName(given)).toBe(expected);
});

test.each([
  ["../a.mp4", /is a path/],
  ["/etc/passwd", /is a path/],
  ["a\\b.mp4", /is a path/],
  ["C:\\a.mp4", /is a path/],
  ["..", /is a path/],
  [".", /is a path/],
  ["a\0.mp4", /is a path/],
  ["", /is empty/],
  ["   ", /is empty/],
  ["???", /is empty/],
  ["beach", /has no extension/],
  ["beach.", /has no extension/],
  [`${"a".repeat(197)}.mp4`, /longer than 200 bytes/],
  [`${"视".repeat(70)}.mp4`, /longer than 200 bytes/],
])("the file name %j is refused", (given, reason) => {
  expect(() => cleanFileName(given)).toThrow(FileNameError);
  expect(() => cleanFileName(given)).toThrow(reason);
});

const anyName = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => `${text}.mp4`),
  fc.string({ unit: "grapheme-composite", maxLength: 30 }).map((text) => `${text}.mp4`),
  fc.stringMatching(/^[./\\_a-z -]{0,12}$/),
);

function cleaned(given: string): string | null {
  try {
    return cleanFileName(given);
  } catch (error) {
    expect(error).toBeInstanceOf(FileNameError);
    return null;
  }
}

test("a cleaned file name does not change when it is cleaned again", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleaned(given);
      if (name !== null) expect(cleanFileName(name)).toBe(name);
    }),
    { numRuns: 1000 },
  );
});

test("a cleaned file name is one path segment of at most 200 bytes with an extension", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = cleaned(given);
      if (name === null) return;
      expect(name).toMatch(/^[^./\\\0_][^/\\\0]*\.[^./\\\0]+$/u);
      expect(encodeURIComponent(name).length).toBeGreaterThan(0);
      expect(new URL(`https://edgereel.invalid/x/${encodeURIComponent(name)}`).pathname.split("/")).toHaveLength(3);
      expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(200);
    }),
    { numRuns: 1000 },
  );
});
