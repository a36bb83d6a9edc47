import { expect, test } from "vitest";
import { readSocialMetadata } from "../../../author/src/writing/write-social-metadata.ts";

test.each([
  ["tiktok", 100, 2200, 5],
  ["youtube_shorts", 100, 5000, 3],
  ["instagram_reels", 125, 2200, 8],
  ["facebook_reels", 125, 2200, 5],
] as const)("title, caption and hashtags are cut to the limits of %s", (platform, title, caption, hashtags) => {
  const answer = JSON.stringify({
    title: "😀".repeat(300),
    caption: "Look at the sea ".repeat(400),
    hashtags: Array.from({ length: 20 }, (_, index) => `#tag${index}`),
  });
  const read = readSocialMetadata(answer, platform);
  expect([...(read?.title ?? "")].length).toBe(title);
  expect(read?.caption.length).toBeLessThanOrEqual(caption);
  expect(read?.caption).toMatch(/(?:Look|at|the|sea)$/);
  expect(read?.hashtags).toHaveLength(hashtags);
});

test.each([
  ["words without #", ["sea", "deep water", "#Sea", "…"]],
  ["one text", "#sea #deepwater"],
  ["a text with commas", "sea, deepwater"],
])("hashtags are one word each, and each is there once: %s", (_, hashtags) => {
  expect(readSocialMetadata(JSON.stringify({ title: "T", caption: "C", hashtags }), "tiktok")).toEqual({
    title: "T",
    caption: "C",
    hashtags: ["#sea", "#deepwater"],
  });
});

test.each(["", "No.", "[]", '{"other": 1}', '{"title": "", "caption": null}'])(
  "%j has neither title nor caption",
  (answer) => {
    expect(readSocialMetadata(answer, "tiktok")).toBeNull();
  },
);
