import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";

const read = (fields: object) => videoRequestSchema.safeParse({ video_subject: "x", ...fields });

test.each(["720x1280", "64x64", "3840x2160", "64x256", "1024x1792", null, ""])(
  "the size %s is accepted, and nothing is no size",
  (video_size) => {
    expect(read({ video_size }).data?.video_size).toBe(video_size || null);
  },
);

test.each([
  "721x1280",
  "720x",
  "720",
  "720*1280",
  "62x62",
  "64x258",
  "3842x2160",
  "0720x1280",
  "720x1280x1",
  "-720x1280",
])("the size %s is refused with the form that is expected", (video_size) => {
  expect(read({ video_size }).error?.issues[0]?.message).toContain("WIDTHxHEIGHT");
});

test("a length outside 0.5 to 7200 seconds is refused", () => {
  for (const video_duration of [0, 0.4, 7201, "4"]) expect(read({ video_duration }).success).toBe(false);
  for (const video_duration of [0.5, 7200, null]) expect(read({ video_duration }).success).toBe(true);
});
