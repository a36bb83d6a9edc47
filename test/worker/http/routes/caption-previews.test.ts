import { expect, test, vi } from "vitest";
import type { SegmentJob } from "../../../../src/protocol/render-job.ts";
import { bindings, post, request } from "../../support/bindings.ts";

const PATH = "/api/v1/caption-previews";
const TEXT = "Cats purr when they are happy.";

/** The job of a preview, which the stand-in renderer answers. */
async function jobOf(fields: object): Promise<SegmentJob> {
  const body = JSON.stringify({ video_script: TEXT, ...fields });
  const response = await request(PATH, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "video/mp4"]);
  return JSON.parse(new TextDecoder().decode(await response.bytes()));
}

test("a caption preview is a small frame of the video's shape, about two seconds long, with the captions drawn in it", async () => {
  for (const [fields, size] of [
    [{}, [360, 640]],
    [{ video_aspect: "16:9" }, [640, 360]],
    [{ video_aspect: "1:1" }, [360, 360]],
    [{ video_aspect: "3:4" }, [360, 480]],
    [{ video_size: "1280x640" }, [720, 360]],
  ] as const) {
    const { width, height, frames, frameRate, captions, clean } = await jobOf(fields);
    expect([width, height]).toEqual(size);
    expect(frames / frameRate).toBeGreaterThanOrEqual(1.5);
    expect(frames / frameRate).toBeLessThanOrEqual(2.5);
    expect(clean).toBe(false);
    expect(captions?.ass).toContain("Cats");
  }
});

test("the fields of a caption preview mean what they mean for a video, and fields beside a preset win", async () => {
  const word = await jobOf({ subtitle_display_mode: "word_by_word" });
  expect(word.captions?.ass.match(/^Dialogue:.*Cats/gm)?.length).toBe(1);
  expect(word.captions?.ass).not.toContain("Cats purr");
  const popped = await jobOf({ subtitle_preset: "big_pop" });
  expect(popped.captions?.ass).toContain("CATS");
  const own = await jobOf({ subtitle_preset: "big_pop", uppercase: false });
  expect(own.captions?.ass).not.toContain("CATS");
  const sizes = await Promise.all([60, 120].map(async (font_size) => (await jobOf({ font_size })).captions?.ass));
  const heights = sizes.map((ass) => Number(/^Style: [^,]*,[^,]*,([\d.]+)/m.exec(ass ?? "")?.[1]));
  expect((heights[1] ?? 0) / (heights[0] ?? 1)).toBeCloseTo(2, 1);
});

test("an error of a caption preview names the field and says what is wrong with it", async () => {
  for (const [fields, message] of [
    [{ video_script: "" }, /^video_script: must have the text to show/],
    [{ video_script: "[pause: 2s]" }, /^video_script: has no words to show/],
    [{ video_script: "a".repeat(201) }, /^video_script: /],
    [{ font_size: 4 }, /^font_size: /],
    [{ text_fore_color: "blurple" }, /^text_fore_color: must be a colour/],
    [{ font_name: "Nothing.ttf" }, /^font_name: no font "Nothing.ttf"/],
    [{ subtitle_preset: "loud" }, /^subtitle_preset: must be the id/],
    [{ video_script: "\u{13000}" }, /^video_script: the bundled fonts have no glyph/],
    [{ fontsize: 4 }, /fontsize.*font_size/],
    [{ video_materials: [] }, /video_materials/],
  ] as const) {
    const answer = await post(PATH, { video_script: TEXT, ...fields });
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(message)]);
  }
  const missing = await post(PATH, {});
  expect([missing.status, missing.message]).toEqual([400, expect.stringContaining("video_script")]);
});

test("the same caption preview is rendered once, and comes from the cache even if no renderer answers", async () => {
  const fields = { video_script: "Rendered only once." };
  const first = await jobOf(fields);
  const wasm = bindings.WASM;
  Object.assign(bindings, { WASM: { ping: async () => true, render: () => Promise.reject(new Error("gone")) } });
  try {
    expect(await jobOf(fields)).toEqual(first);
    const other = await post(PATH, { ...fields, font_size: 61 });
    expect([other.status, other.headers.get("x-error-code")]).toEqual([503, "renderer_unavailable"]);
  } finally {
    Object.assign(bindings, { WASM: wasm });
  }
});

test("a third caption preview at the same time is refused until one of the two others is done", async () => {
  const wasm = bindings.WASM;
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const render = vi.fn(() => promise);
  Object.assign(bindings, { WASM: { ping: async () => true, render } });
  try {
    const running = ["One.", "Two."].map((video_script) => post(PATH, { video_script }));
    await vi.waitUntil(() => render.mock.calls.length === 2, { timeout: 30_000 });
    const third = await post(PATH, { video_script: "Three." });
    expect([third.status, third.headers.get("x-error-code")]).toEqual([503, "renderer_busy"]);
    expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
    resolve({ ok: false, code: "ffmpeg_failed", message: "stand-in", log: "" });
    await Promise.all(running);
  } finally {
    Object.assign(bindings, { WASM: wasm });
  }
  await jobOf({ video_script: "Three." });
});
