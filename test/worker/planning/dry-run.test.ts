import { beforeAll, expect, test } from "vitest";
import type { DryRun } from "../../../src/api/dry-run.ts";
import { bindings, call, post } from "../support/bindings.ts";
import { audioProbe, standInFile, upload } from "../support/uploads.ts";

const PATH = "/api/v1/videos";

beforeAll(async () => {
  await upload("video_materials", "a.mp4");
  await upload("video_materials", "b.mp4", standInFile({ ...JSON.parse(standInFile()), note: "b" }));
  await upload("musics", "long.mp3", standInFile({ probe: { ...audioProbe, duration: 1000 } }));
  await upload("musics", "five.mp3", standInFile({ probe: { ...audioProbe, duration: 5 }, note: "five" }));
});

const body = {
  video_materials: [{ url: "a.mp4" }, { url: "b.mp4" }],
  video_concat_mode: "sequential",
  video_clip_duration: 1.5,
  video_transition_mode: "SlideIn",
  custom_audio_file: "five.mp3",
  video_aspect: "16:9",
  video_count: 2,
};

test("a dry run returns shots and segments that fill the video without gaps, and their cost", async () => {
  const { status, data } = await post<DryRun>(PATH, { ...body, dry_run: true });
  expect(status).toBe(200);
  expect(data).toMatchObject({ dry_run: true, renderer: "wasm", width: 1280, height: 720, durations: [5, 5] });
  expect(data.videos).toHaveLength(2);
  for (const { duration, shots, segments } of data.videos) {
    expect(duration).toBe(5);
    for (const parts of [shots, segments]) {
      let end = 0;
      for (const part of parts) {
        expect(part.start).toBeCloseTo(end, 9);
        end = part.start + part.duration;
      }
      expect(end).toBeCloseTo(5, 9);
    }
    expect(shots.slice(0, 2).map(({ file }) => file)).toEqual(["a.mp4", "b.mp4"]);
    for (const { duration, transition, source_start } of shots) {
      expect(duration).toBeLessThanOrEqual(1.5);
      expect(source_start + duration).toBeLessThanOrEqual(2);
      expect(transition).toMatchObject({ kind: "slide_in", duration: Math.min(1, duration) });
    }
  }
  expect(data.pixel_seconds).toBeCloseTo(2 * 5 * 1280 * 720, 3);
});

test("a dry run counts seconds with subtitles twice, unless only one of the files is made", async () => {
  const cost = async (outputs?: string[] | string) => {
    const captioned = { ...body, video_count: 1, video_script: "All the time.", outputs, dry_run: true };
    return (await post<DryRun>(PATH, captioned)).data.pixel_seconds;
  };
  expect(await cost()).toBeCloseTo(2 * 5 * 1280 * 720, 3);
  for (const outputs of ["final", ["final"], ["combined"]]) expect(await cost(outputs)).toBeCloseTo(5 * 1280 * 720, 3);
});

test("a dry run stores no object and lists no task", async () => {
  const objects = async () => (await bindings.MEDIA.list()).objects.map(({ key }) => key);
  const before = await objects();
  await post(PATH, { ...body, video_script: "With subtitles.", dry_run: true });
  expect(await objects()).toEqual(before);
  expect((await call<{ total: number }>("/api/v1/tasks")).data.total).toBe(0);
});

test.each([
  ["a video above the renderer's limit", { custom_audio_file: "long.mp3" }, /^renderer_limit: .*custom_audio_file/],
  ["a missing file", { video_materials: [{ url: "none.mp4" }] }, /^video_materials\[0\]\.url: no file/],
  ["an unknown field", { colour: "red" }, /^colour: unknown field/],
  ["characters without a glyph", { video_script: "ᏣᎳᎩ" }, /^video_script: /],
])("a dry run with %s is refused with the reason", async (_, fields, reason) => {
  const answer = await post(PATH, { ...body, ...fields, dry_run: true });
  expect([answer.status, answer.data]).toEqual([400, null]);
  expect(answer.message).toMatch(reason);
});
