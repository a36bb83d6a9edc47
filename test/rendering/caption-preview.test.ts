import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withPresetFields } from "../../src/api/subtitle-presets.ts";
import { type VideoRequest, videoRequestSchema } from "../../src/api/video-request.ts";
import { previewJob } from "../../src/planning/caption-preview.ts";
import type { SegmentJob } from "../../src/protocol/render-job.ts";
import { ffmpeg } from "../support/ffmpeg.ts";
import { fontsFor } from "../support/fonts.ts";
import { findPixels, type Picture } from "./support/drawn-captions.ts";
import { render } from "./support/renderers.ts";

const TEXT = "The city lights shine over the river";
const sample = new Uint8Array(readFileSync(new URL("../../samples/dusk.mp4", import.meta.url)));
const limits = {
  ...{ shortSide: 1080, segmentSeconds: 4, segmentPixelSeconds: 1e9, inputBytes: 1e9, totalSeconds: 600 },
  encoder: { preset: "ultrafast" as const, crf: 18 },
};

/** The frames of a preview at the given numbers. */
async function preview(fields: object, numbers: readonly number[]): Promise<Picture[]> {
  const body = withPresetFields({ video_script: TEXT, video_language: "en", ...fields });
  const request: VideoRequest = videoRequestSchema.parse({ ...body, stop_at: "subtitle" });
  const chosen = fontsFor(TEXT, request.font_name);
  const fonts = chosen.map(({ font }, index) => ({
    font,
    input: { name: "", size: 1, sha256: String(index), from: { store: "assets" as const, path: "" } },
  }));
  const { job, inputs } = previewJob({ request }, { fonts }, { limits });
  const files = inputs.map(({ name, sha256 }) => (name === "dusk.mp4" ? sample : chosen[Number(sha256)]?.file));
  const video = await render(
    job,
    files.map((file) => file ?? new Uint8Array()),
  );
  const { width, height } = job as SegmentJob;
  const select = numbers.map((number) => `eq(n,${number})`).join("+");
  const { output } = await ffmpeg(
    { video },
    ...["-i", "video", "-vf", `select='${select}',scale=in_color_matrix=bt709`, "-fps_mode", "passthrough"],
    ...["-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  const bytes = width * height * 3;
  expect(output.byteLength).toBe(bytes * numbers.length);
  return numbers.map((_, index) => ({ width, height, pixels: output.subarray(index * bytes, (index + 1) * bytes) }));
}

const violet = (picture: Picture) => findPixels(picture, (red, green, blue) => blue > 180 && green < 100 && red < 160);
const white = (picture: Picture) => findPixels(picture, (...colour) => Math.min(...colour) > 235);

test("a caption preview shows the box of the spoken word moving over the words, where the preset places them", async () => {
  const [first, later] = await preview({ subtitle_preset: "boxed_word", video_aspect: "1:1" }, [5, 40]);
  if (!first || !later) throw new Error("no frames");
  const boxes = [violet(first), violet(later)];
  for (const [index, box] of boxes.entries()) {
    const letters = white([first, later][index] as Picture);
    expect(box.count).toBeGreaterThan(200);
    expect(letters.count).toBeGreaterThan(200);
    // `custom_position` of the preset is 68 % of the space that the text leaves.
    const height = letters.bottom - letters.top;
    expect(letters.top / (first.height - height)).toBeCloseTo(0.68, 1);
  }
  expect([boxes[0]?.left, boxes[0]?.top]).not.toEqual([boxes[1]?.left, boxes[1]?.top]);
});

test("the captions of a preview follow font_size, text_fore_color and subtitle_position, over the sample clip", async () => {
  const green = (picture: Picture) => findPixels(picture, (red, g, blue) => g > 200 && red < 60 && blue < 60);
  const fields = { text_fore_color: "#00FF00", subtitle_position: "top", stroke_width: 0, video_aspect: "16:9" };
  const [[small] = [], [large] = []] = await Promise.all(
    [60, 90].map((font_size) => preview({ ...fields, font_size }, [30])),
  );
  if (!small || !large) throw new Error("no frames");
  const [one, other] = [green(small), green(large)];
  expect((other.bottom - other.top) / (one.bottom - one.top)).toBeGreaterThan(1.3);
  expect(other.bottom).toBeLessThan(large.height / 2);
  // The sky of the sample clip: its mean colour in the lower half, where no captions are.
  const { output } = await ffmpeg(
    { sample },
    ...["-ss", "1", "-i", "sample", "-frames:v", "1", "-vf", "scale=640:360"],
    ...["-f", "rawvideo", "-pix_fmt", "rgb24", "output"],
  );
  const half = small.pixels.length / 2;
  const mean = (pixels: Uint8Array) => [0, 1, 2].map((at) => average(pixels.subarray(half), at));
  for (const [at, value] of mean(small.pixels).entries())
    expect(Math.abs(value - (mean(output)[at] ?? 0))).toBeLessThan(6);
});

/** The mean of every third byte. */
function average(bytes: Uint8Array, from: number): number {
  let sum = 0;
  for (let at = from; at < bytes.length; at += 3) sum += bytes[at] ?? 0;
  return sum / (bytes.length / 3);
}
