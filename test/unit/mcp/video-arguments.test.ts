import { expect, test } from "vitest";
import { CodedError } from "../../../src/api/errors.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { requestFields, videoArgumentsSchema, withArgumentNames } from "../../../src/mcp/video-arguments.ts";

test.each([
  ["a topic", { subject: "Bees" }, { video_subject: "Bees" }],
  [
    "links",
    { materials: ["https://a.example/b.mp4"] },
    { video_materials: [{ url: "https://a.example/b.mp4" }], video_concat_mode: "sequential" },
  ],
  ["no voice without clips", { script: "Hi.", voice: "none" }, { video_script: "Hi.", voice_name: "no-voice" }],
  [
    "no voice over clips",
    { materials: ["a.mp4"], voice: "none" },
    { video_materials: [{ url: "a.mp4" }], video_concat_mode: "sequential", voice_name: "" },
  ],
  ["no music", { music: "none" }, { bgm_type: "", bgm_file: null }],
  ["music", { music: "song.mp3" }, { bgm_file: "song.mp3" }],
  ["more fields", { captions: false, options: { font_size: 80 } }, { subtitle_enabled: false, font_size: 80 }],
  [
    "an order of its own",
    { materials: ["a.mp4"], options: { video_concat_mode: "random" } },
    { video_materials: [{ url: "a.mp4" }], video_concat_mode: "random" },
  ],
])("the arguments for %s become fields of a request", (_, given, fields) => {
  expect(requestFields(videoArgumentsSchema().parse(given))).toEqual(fields);
  expect(videoRequestSchema.safeParse({ video_subject: "x", ...fields }).success).toBe(true);
});

test("an argument that options repeat is refused, and its field is not", () => {
  const given = videoArgumentsSchema().parse({ script: "a", options: { video_script: "b" } });
  expect(() => requestFields(given)).toThrow("options.video_script: means the same as script");
  const only = videoArgumentsSchema().parse({ options: { video_script: "b" } });
  expect(requestFields(only)).toEqual({ video_script: "b" });
});

test("an error about a request names arguments, and keeps its code and everything else", () => {
  const error = new CodedError("invalid_request", "video_materials[2].url: is bad, set video_script or video_fit", {
    headers: { "retry-after": "3" },
  });
  const renamed = withArgumentNames(error);
  expect(renamed).toMatchObject({
    code: "invalid_request",
    message: "materials[2]: is bad, set script or video_fit",
    headers: { "retry-after": "3" },
  });
  const other = new TypeError("video_script");
  expect(withArgumentNames(other)).toBe(other);
});
