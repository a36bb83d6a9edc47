import fc from "fast-check";
import { expect, test } from "vitest";
import type { z } from "zod";
import { aspects, videoRequestSchema } from "../../../src/api/video-request.ts";

const least = { video_materials: [{ url: "a.mp4" }] };
const fields = Object.keys(videoRequestSchema.shape);

/** The paths of the refused fields, including unknown fields. */
function refused(body: unknown): string[] {
  const issues: z.core.$ZodIssue[] = videoRequestSchema.safeParse(body).error?.issues ?? [];
  return issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => [...issue.path, key].join("."))
      : [issue.path.join(".")],
  );
}

test("a request needs only video_materials, and the other fields have defaults", () => {
  const request = videoRequestSchema.parse(least);
  expect(request).toMatchObject({
    video_materials: [{ provider: "local", url: "a.mp4", duration: 0 }],
    video_aspect: "9:16",
    video_concat_mode: "random",
    video_clip_duration: 5,
    video_count: 1,
    custom_audio_file: null,
    subtitle_enabled: true,
    video_script: "",
  });
});

test("a parsed request that is serialized and parsed again stays the same", () => {
  const request = fc.record(
    {
      video_materials: fc.array(
        fc.record({
          provider: fc.constant("local"),
          url: fc.string({ minLength: 1 }).filter((url) => url.trim() !== ""),
          duration: fc.double({ min: 0, max: 86_400, noNaN: true }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      video_aspect: fc.constantFrom(...aspects),
      video_clip_duration: fc.double({ min: 0.5, max: 600, noNaN: true }),
      video_count: fc.integer({ min: 1, max: 10 }),
      custom_audio_file: fc.constantFrom(null, "", "a.mp3"),
      video_script: fc.string(),
      subtitle_enabled: fc.boolean(),
    },
    { requiredKeys: ["video_materials"] },
  );
  fc.assert(
    fc.property(request, (body) => {
      const read = videoRequestSchema.parse(body);
      expect(videoRequestSchema.parse(JSON.parse(JSON.stringify(read)))).toEqual(read);
    }),
  );
});

test("an unknown field of a request is refused with its name", () => {
  const unknown = fc.string().filter((name) => !fields.includes(name));
  fc.assert(
    fc.property(unknown, fc.jsonValue(), (name, value) => {
      // JSON.parse makes "__proto__" an ordinary key. An object literal would not.
      const body = JSON.parse(`{"video_materials":[{"url":"a.mp4"}],${JSON.stringify(name)}:${JSON.stringify(value)}}`);
      expect(refused(body)).toEqual([name]);
    }),
    {
      examples: [
        ["__proto__", {}],
        ["constructor", 1],
      ],
    },
  );
});

test("an unknown field of a material is refused with its path", () => {
  expect(refused({ video_materials: [{ url: "a.mp4" }, { url: "b.mp4", start: 1 }] })).toEqual([
    "video_materials.1.start",
  ]);
});

test.each([
  ["video_materials", "a.mp4"],
  ["video_materials", Array.from({ length: 101 }, () => ({ url: "a.mp4" }))],
  ["video_materials.0.url", [{}]],
  ["video_materials.0.url", [{ url: 5 }]],
  ["video_materials.0.provider", [{ url: "a.mp4", provider: {} }]],
  ["video_materials.0.duration", [{ url: "a.mp4", duration: -1 }]],
  ["video_source", "youtube"],
  ["video_aspect", "4:3"],
  ["video_concat_mode", "shuffle"],
  ["video_clip_duration", 0.4],
  ["video_clip_duration", 601],
  ["video_clip_duration", "5"],
  ["video_count", 0],
  ["video_count", 11],
  ["video_count", 1.5],
  ["custom_audio_file", 5],
  ["subtitle_enabled", "yes"],
  ["video_script", "x".repeat(20_001)],
  ["video_subject", "x".repeat(5_001)],
])("an invalid value of %s is refused with the path of the field (case %#)", (field, value) => {
  const [name = ""] = field.split(".");
  expect(refused({ ...least, [name]: value })).toEqual([field]);
});

test.each([
  [undefined, []],
  [null, []],
  ["", []],
  ["pexels", ["pexels"]],
  [
    ["pixabay", "coverr", "pixabay"],
    ["pixabay", "coverr"],
  ],
])("a video_source of %j means the sources %j", (given, sources) => {
  expect(videoRequestSchema.parse({ ...least, video_source: given }).video_source).toEqual(sources);
});

test.each([
  [null, []],
  ["", []],
  ["rain, snow ，sun\nhail", ["rain", "snow", "sun", "hail"]],
  [
    [" a ", "", "b"],
    ["a", "b"],
  ],
])("video_terms of %j are the terms %j", (given, terms) => {
  expect(videoRequestSchema.parse({ ...least, video_terms: given }).video_terms).toEqual(terms);
});

test("the request schema's safeParse does not throw for any input", () => {
  fc.assert(
    fc.property(fc.anything(), fc.dictionary(fc.constantFrom(...fields), fc.anything()), (whole, body) => {
      videoRequestSchema.safeParse(whole);
      videoRequestSchema.safeParse(body);
    }),
  );
});

test.each([
  ["a missing value", {}, null],
  ["null", { video_transition_mode: null }, null],
  ["the text None", { video_transition_mode: "None" }, null],
  ["an empty string", { video_transition_mode: "" }, null],
  ["the name of a transition", { video_transition_mode: "SlideOut" }, "SlideOut"],
])("video_transition_mode accepts %s", (_, fields, mode) => {
  const request = videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields });
  expect(request.video_transition_mode).toBe(mode);
  expect(request.video_fit).toBe("cover");
});

test("an unknown transition mode or fit is refused with the name of the field", () => {
  for (const fields of [{ video_transition_mode: "fade" }, { video_fit: "fill" }]) {
    const parsed = videoRequestSchema.safeParse({ video_materials: [{ url: "a.mp4" }], ...fields });
    expect(parsed.error?.issues[0]?.path).toEqual(Object.keys(fields));
  }
});
