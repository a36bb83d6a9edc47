import { readFile, stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { subtitleFields } from "../../../src/api/fields/subtitles.ts";
import { subtitlePresetIds, subtitlePresets, withPresetFields } from "../../../src/api/subtitle-presets.ts";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { checkColours } from "../../../src/captions/caption-style.ts";

const read = (body: object) => videoRequestSchema.parse(withPresetFields({ video_subject: "a", ...body }));

test.each(subtitlePresetIds)("each field of the preset %s is a field of a request with that value", (id) => {
  const { fields } = subtitlePresets[id];
  for (const name of Object.keys(fields)) expect(Object.keys(subtitleFields)).toContain(name);
  const request = read({ subtitle_preset: id });
  expect(request).toMatchObject({ ...fields, subtitle_preset: id });
  expect(() => checkColours(request)).not.toThrow();
});

test("no two presets look alike", () => {
  const looks = subtitlePresetIds.map((id) => JSON.stringify(Object.entries(subtitlePresets[id].fields).sort()));
  expect(new Set(looks).size).toBe(looks.length);
  expect(looks.length).toBeGreaterThanOrEqual(8);
});

test("a field that the request gives wins over the preset, and the schema's defaults do not", () => {
  const request = read({ subtitle_preset: "big_pop", font_size: 60, uppercase: false });
  expect(request).toMatchObject({ font_size: 60, uppercase: false, subtitle_display_mode: "word_by_word" });
  expect(request.stroke_width).toBe(subtitlePresets.big_pop.fields.stroke_width);
});

test("null and empty text do not count as given", () => {
  const request = read({ subtitle_preset: "big_pop", font_size: null, subtitle_display_mode: "", uppercase: null });
  expect(request).toMatchObject({ font_size: 130, uppercase: true, subtitle_display_mode: "word_by_word" });
});

test("a request without a preset, or with an unknown one, stays as it is", () => {
  expect(withPresetFields({ subtitle_preset: "", font_size: 3 })).toEqual({ subtitle_preset: "", font_size: 3 });
  expect(withPresetFields({ subtitle_preset: "unknown" })).toEqual({ subtitle_preset: "unknown" });
});

test.each([
  ["subtitle_display_mode", "sentence"],
  ["subtitle_animation", "none"],
  ["subtitle_position", "bottom"],
  ["rounded_subtitle_background", false],
  ["highlight_color", null],
  ["max_words_per_line", null],
] as const)("%s is %j without a value and with null", (field, value) => {
  const subject = { video_subject: "a" };
  for (const body of [subject, { ...subject, [field]: null }])
    expect(videoRequestSchema.parse(body)[field]).toBe(value);
});

test("a value that a field does not have is refused with the values that it has", () => {
  const parsed = videoRequestSchema.safeParse({ video_subject: "a", subtitle_display_mode: "karaokee" });
  expect(parsed.error?.issues[0]?.message).toBe('must be "sentence", "word_by_word", "karaoke", "reveal"');
});

test("docs/captions.md shows and describes every preset, with a picture of at most 20 KiB", async () => {
  const page = await readFile(new URL("../../../docs/captions.md", import.meta.url), "utf8");
  for (const id of subtitlePresetIds) {
    expect(page).toContain(`\`${id}\`: ${subtitlePresets[id].description}`);
    expect(page).toContain(`](images/subtitle-presets/${id}.webp)`);
    const picture = await stat(new URL(`../../../docs/images/subtitle-presets/${id}.webp`, import.meta.url));
    expect(picture.size).toBeLessThanOrEqual(20 * 1024);
  }
});
