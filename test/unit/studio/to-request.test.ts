import fc from "fast-check";
import { expect, test } from "vitest";
import { captionPreviewRequestSchema } from "../../../src/api/caption-preview.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { CAPTION_FIELDS, previewRequest } from "../../../studio/src/make/caption-fields.ts";
import {
  BEST_VOICE,
  type Draft,
  emptyDraft,
  NO_SPEECH,
  storeDraft,
  storedDraft,
} from "../../../studio/src/make/draft.ts";
import { beginning, bestVoice, fromRequest, toRequest } from "../../../studio/src/make/to-request.ts";
import type { Voice } from "../../../studio/src/service/types.ts";

const voice = (id: string, language: string): Voice => ({ id, name: id, language, gender: "female", provider: "p" });
const voices = [voice("a", "en-US"), voice("b", "zh-CN")];

test("a draft of the studio becomes a request with only what the visitor chose", () => {
  const draft: Draft = {
    ...emptyDraft,
    script: "One. Two.",
    materials: ["a.mp4"],
    voice: "a",
    fields: { video_count: 2 },
  };
  expect(toRequest(draft, voices)).toEqual({
    video_subject: "One.",
    video_script: "One. Two.",
    video_source: "local",
    video_materials: [{ provider: "local", url: "a.mp4" }],
    video_concat_mode: "sequential",
    video_aspect: "9:16",
    voice_name: "a",
    bgm_type: "",
    video_count: 2,
  });
});

const credit = { provider: "pexels", page: null, author: "Ann", author_page: null, licence: "free", term: "sea" };

const anyDraft: fc.Arbitrary<Draft> = fc.record({
  text: fc.constantFrom("subject", "script"),
  subject: fc.string({ minLength: 1, maxLength: 40 }),
  script: fc.string({ minLength: 1, maxLength: 200 }),
  materials: fc.array(fc.constantFrom("a.mp4", "https://example.com/b.mp4"), { minLength: 1, maxLength: 3 }),
  credits: fc.constantFrom({}, { "https://example.com/b.mp4": credit }),
  footage: fc.constantFrom("local", "pexels", "image"),
  voice: fc.constantFrom(BEST_VOICE, NO_SPEECH, "recording", "a"),
  narration: fc.constantFrom("", "speech.mp3"),
  music: fc.constantFrom("", "random", "m.mp3"),
  aspect: fc.constantFrom("9:16", "16:9"),
  preset: fc.constant(""),
  fields: fc.constantFrom({}, { video_count: 3, subtitle_position: "top" }),
});

test("the request of any draft is one that the API accepts, and makes the same request again", () => {
  fc.assert(
    fc.property(anyDraft, (draft) => {
      const request = toRequest(draft, voices);
      if (!request.video_subject && !request.video_script) return;
      videoRequestSchema.parse(request);
      const again = toRequest(fromRequest(request), voices);
      expect(again).toEqual(request);
    }),
  );
});

test("a script without a subject gets its first sentence as the title, shortened and without pauses", () => {
  expect(beginning("[pause: 1s] Hello there! More.")).toBe("Hello there!");
  expect(beginning("你好。再见。")).toBe("你好。");
  expect(beginning("word ".repeat(40))).toHaveLength(60);
  expect(beginning("")).toBe("");
});

test("the best voice for a text speaks the language of its letters, else the first voice is taken", () => {
  expect(bestVoice("Hello", voices)?.id).toBe("a");
  expect(bestVoice("你好", voices)?.id).toBe("b");
  expect(bestVoice("Привет", voices)?.id).toBe("a");
  expect(bestVoice("Hello", [])).toBeUndefined();
});

test("a draft survives a reload, and a broken or missing one is empty", () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  };
  expect(storedDraft(storage)).toEqual(emptyDraft);
  storeDraft(storage, { ...emptyDraft, script: "Kept" });
  expect(storedDraft(storage).script).toBe("Kept");
  for (const broken of ["{", "null", "3"]) {
    expect(storedDraft({ getItem: () => broken })).toEqual(emptyDraft);
  }
  const full = {
    setItem: () => {
      throw new Error("full");
    },
  };
  expect(() => storeDraft(full, emptyDraft)).not.toThrow();
});

test("the studio knows every field of a caption preview, and sends only those of them that the visitor chose", () => {
  const known = new Set<string>([
    ...CAPTION_FIELDS,
    ...["video_script", "video_language", "video_aspect", "video_size", "subtitle_preset"],
  ]);
  for (const name of Object.keys(captionPreviewRequestSchema.shape)) expect(known).toContain(name);
  const draft = {
    ...emptyDraft,
    script: "One sentence. Another one.",
    preset: "neon",
    fields: { font_size: 90, n: 1 },
  };
  const preview = previewRequest(toRequest(draft, voices), "A sample.");
  expect(preview).toEqual({
    ...{ video_script: "One sentence.", video_aspect: "9:16", subtitle_preset: "neon", font_size: 90 },
  });
  expect(captionPreviewRequestSchema.safeParse(preview).success).toBe(true);
  expect(previewRequest({}, "A sample.")).toEqual({ video_script: "A sample." });
});
