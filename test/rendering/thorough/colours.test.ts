import { expect, test } from "vitest";
import { expectCorners, quarters, UPRIGHT } from "../support/colours.ts";
import {
  colorAt,
  imagePiece,
  make,
  pictureOf,
  probe,
  renderers,
  renderFrames,
  STILL,
  segment,
  videoPiece,
} from "../support/pictures.ts";

test.each([
  ["untagged BT.601 video of standard definition", "bt601", "tv", ["-f", "matroska"]],
  [
    "BT.601 video tagged as full range",
    "bt601",
    "pc",
    ["-colorspace", "smpte170m", "-color_range", "pc", "-f", "matroska"],
  ],
  ["BT.709 video tagged as BT.709", "bt709", "tv", ["-colorspace", "bt709", "-f", "matroska"]],
])("%s is rendered with the right colours in limited-range BT.709", async (_, matrix, range, marks) => {
  const source = await make(
    ...["-f", "lavfi", "-i", `${quarters("96x96")},scale=out_color_matrix=${matrix}:out_range=${range},format=yuv444p`],
    ...["-c:v", "ffv1", ...marks],
  );
  const job = segment([videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) })], {
    width: 96,
    height: 96,
  });
  expectCorners(await renderFrames(job, [source]), UPRIGHT);
});

test.each([
  ["JPEG", ["-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj444p"]],
  ["PNG", ["-c:v", "png"]],
  ["WebP", ["-c:v", "libwebp", "-lossless", "1", "-pix_fmt", "bgra"]],
])("a %s image is rendered with the right colours in limited-range BT.709", async (_, encoding) => {
  const source = await make("-f", "lavfi", "-i", quarters("96x96"), ...encoding, ...STILL);
  const { kind } = await probe(source);
  expect(kind).toBe("image");
  const job = segment([imagePiece({ frames: 2, picture: await pictureOf(source) })], { width: 96, height: 96 });
  expectCorners(await renderFrames(job, [source]), UPRIGHT);
});

/** The 10-bit limited-range code value of a luminance in cd/m² (SMPTE ST 2084). */
function pq(luminance: number): number {
  const y = (luminance / 10_000) ** 0.1593017578125;
  return Math.round(64 + 876 * ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375);
}

test.each(renderers)("the %s renderer maps the tones of high dynamic range video to BT.709", async (_, run) => {
  // Four stripes: black, an 18 % gray, reference white, and a highlight.
  const levels = [0.005, 36, 203, 1000].map(pq);
  const gray = levels.reduceRight((rest, level, index) => `if(lt(X,${(index + 1) * 32}),${level},${rest})`, "64");
  const source = await make(
    ...["-f", "lavfi", "-i", `color=black:s=128x64:r=10:d=0.3,format=yuv420p10le,geq=lum='${gray}':cb=512:cr=512`],
    ...["-c:v", "ffv1", "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"],
    ...["-color_range", "tv", "-f", "matroska"],
  );
  const { video } = await probe(source);
  expect(video).toMatchObject({ bitDepth: 10, color: { primaries: "bt2020", transfer: "smpte2084" } });
  const picture = await pictureOf(source);
  expect(picture).toMatchObject({ transfer: "pq", primaries: "bt2020", matrix: "bt2020" });
  const piece = videoPiece({ frames: 2, frameRate: 10, picture });
  const shown = await renderFrames(segment([piece], { width: 128, height: 64 }), [source], run);
  const [black = 0, middle = 0, white = 0, highlight = 0] = [0.125, 0.375, 0.625, 0.875].map(
    (x) => colorAt(shown, 0, x, 0.5)[0],
  );
  expect(black).toBeLessThan(20);
  // 36 of 203 cd/m² is 18 % of the reference white, a signal of 0.41 in BT.709's transfer function.
  expect(middle).toBeGreaterThan(95);
  expect(middle).toBeLessThan(125);
  expect(white).toBeGreaterThan(185);
  expect(highlight).toBeGreaterThan(white + 8);
  expect(highlight).toBeLessThanOrEqual(236);
  for (const x of [0.125, 0.375, 0.625, 0.875]) {
    const [, cb, cr] = colorAt(shown, 0, x, 0.5);
    expect(Math.max(Math.abs(cb - 128), Math.abs(cr - 128))).toBeLessThanOrEqual(2);
  }
});
