import fc from "fast-check";
import { expect, test } from "vitest";
import { FileNameError, normalizeFileName } from "../../../src/library/file-names.ts";
import { keys } from "../../../src/storage/keys.ts";

test.each([
  ["beach.mp4", "beach.mp4"],
  ["  beach.mp4 ", "beach.mp4"],
  ["my holiday (1).mp4", "my holiday (1).mp4"],
  ["测试 🎬.jpg", "测试 🎬.jpg"],
  ["👩🏽‍🚀.png", "👩🏽‍🚀.png"],
  ["Привет, мир.mp4", "Привет, мир.mp4"],
  ["مرحبا\u200F.mp4", "مرحبا\u200F.mp4"],
  ["می\u200Cخواهم.mp4", "می\u200Cخواهم.mp4"],
  ["cafe\u0301.mp4", "café.mp4"],
  ["\u1112\u1161\u11AB.mp4", "한.mp4"],
  ["a..b.mp4", "a..b.mp4"],
  ["..hidden.mp4", "..hidden.mp4"],
  ["a%2Fb.mp4", "a%2Fb.mp4"],
  ["5\" & 50 % 'x' #1?.mp4", "5\" & 50 % 'x' #1?.mp4"],
  ["???.mp4", "???.mp4"],
  ["CON.MP4", "CON.MP4"],
  [`${"a".repeat(251)}.mp4`, `${"a".repeat(251)}.mp4`],
  [`${"视".repeat(251)}.mp4`, `${"视".repeat(251)}.mp4`],
])("the file name %j is stored as %j", (given, expected) => {
  expect(normalizeFileName(given)).toBe(expected);
});

test.each([
  ["../a.mp4", /is a path/],
  ["/etc/passwd", /is a path/],
  ["a\\b.mp4", /is a path/],
  ["C:\\a.mp4", /is a path/],
  ["..", /is a path/],
  [".", /is a path/],
  ["a\0.mp4", /contains U\+0000 \(a control character\)/],
  ["a\r\nb.mp4", /contains U\+000D/],
  ["a\u007F.mp4", /contains U\+007F/],
  ["a\u0085.mp4", /contains U\+0085/],
  ["a\u2028.mp4", /contains U\+2028/],
  ["a\uD83D.mp4", /contains U\+D83D/],
  ["a\u202E4pm.mp4", /contains U\+202E \(RIGHT-TO-LEFT OVERRIDE\)/],
  ["a\u202D.mp4", /contains U\+202D \(LEFT-TO-RIGHT OVERRIDE\)/],
  ["a\u2067.mp4", /contains U\+2067 \(RIGHT-TO-LEFT ISOLATE\)/],
  ["", /is empty/],
  ["   ", /is empty/],
  ["...", /is empty/],
  [".mp4", /is empty/],
  ["\u200B .mp4", /is empty/],
  ["???", /has no extension/],
  ["beach", /has no extension/],
  ["beach.", /has no extension/],
  [`${"a".repeat(252)}.mp4`, /longer than 255 characters/],
  [`${"🎬".repeat(126)}.mp4`, /longer than 255 characters/],
])("the file name %j is refused", (given, reason) => {
  expect(() => normalizeFileName(given)).toThrow(FileNameError);
  expect(() => normalizeFileName(given)).toThrow(reason);
});

const anyName = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 30 }).map((text) => `${text}.mp4`),
  fc.string({ unit: "grapheme-composite", maxLength: 30 }).map((text) => `${text}.mp4`),
  fc.stringMatching(/^[./\\_a-z -]{0,12}$/),
);

function normalized(given: string): string | null {
  try {
    return normalizeFileName(given);
  } catch (error) {
    expect(error).toBeInstanceOf(FileNameError);
    return null;
  }
}

test("a normalized file name does not change when it is normalized again", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = normalized(given);
      if (name !== null) expect(normalizeFileName(name)).toBe(name);
    }),
    { numRuns: 1000 },
  );
});

test("a normalized file name is one segment of a URL's path with an extension, and fits into an R2 key", () => {
  fc.assert(
    fc.property(anyName, (given) => {
      const name = normalized(given);
      if (name === null) return;
      expect(name).toMatch(/^[^/\\]*[^./\\][^/\\]*\.[^./\\]+$/u);
      const { pathname } = new URL(`https://edgereel.invalid/x/${encodeURIComponent(name)}`);
      expect(decodeURIComponent(pathname)).toBe(`/x/${name}`);
      const key = keys.upload("video_materials", crypto.randomUUID(), name);
      expect(new TextEncoder().encode(key).length).toBeLessThanOrEqual(1024);
    }),
    { numRuns: 1000 },
  );
});
