import { expect, test } from "vitest";
import { colors, expectColor, expectCorners, quarters } from "./support/colours.ts";
import {
  colorAt,
  imagePiece,
  make,
  pictureOf,
  probe,
  renderers,
  renderFrames,
  segment,
  videoPiece,
} from "./support/pictures.ts";

const still = ["-frames:v", "1", "-f", "image2pipe"];

const upright: (keyof typeof colors)[] = ["red", "green", "white", "blue"];

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
  expectCorners(await renderFrames(job, [source]), upright);
});

test("untagged high-definition video is treated as BT.709", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", `${quarters("720x720")},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`],
    ...["-frames:v", "3", "-c:v", "libx264", "-qp", "4", "-f", "mp4"],
  );
  const job = segment([videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) })]);
  expectCorners(await renderFrames({ ...job, width: 96, height: 96 }, [source]), upright);
});

test.each([
  ["JPEG", ["-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj444p"]],
  ["PNG", ["-c:v", "png"]],
  ["WebP", ["-c:v", "libwebp", "-lossless", "1", "-pix_fmt", "bgra"]],
])("a %s image is rendered with the right colours in limited-range BT.709", async (_, encoding) => {
  const source = await make("-f", "lavfi", "-i", quarters("96x96"), ...encoding, ...still);
  const { kind } = await probe(source);
  expect(kind).toBe("image");
  const job = segment([imagePiece({ frames: 2, picture: await pictureOf(source) })], { width: 96, height: 96 });
  expectCorners(await renderFrames(job, [source]), upright);
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

test("hybrid log-gamma and wide-gamut videos are recognised by their tags and rendered", async () => {
  for (const [mark, transfer] of [
    ["arib-std-b67", "hlg"],
    ["bt2020-10", "sdr"],
  ] as const) {
    const source = await make(
      ...["-f", "lavfi", "-i", "color=white:s=64x64:r=10:d=0.3,format=yuv420p10le", "-c:v", "ffv1"],
      ...["-color_primaries", "bt2020", "-color_trc", mark, "-colorspace", "bt2020nc", "-f", "matroska"],
    );
    const picture = await pictureOf(source);
    expect(picture).toMatchObject({ transfer, primaries: "bt2020" });
    const piece = videoPiece({ frames: 2, frameRate: 10, picture });
    const shown = await renderFrames(segment([piece], { width: 64, height: 64 }), [source]);
    expect(colorAt(shown, 0, 0.5, 0.5)[0]).toBeGreaterThan(200);
  }
});

test("10-bit video of standard dynamic range keeps its levels", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", "color=black:s=64x64:r=10:d=0.3,format=yuv420p10le,geq=lum=500:cb=512:cr=512"],
    ...["-c:v", "ffv1", "-f", "matroska"],
  );
  expect((await probe(source)).video?.bitDepth).toBe(10);
  const piece = videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) });
  const shown = await renderFrames(segment([piece], { width: 64, height: 64 }), [source]);
  expectColor(colorAt(shown, 0, 0.5, 0.5), [125, 128, 128], 1);
});

test.each([
  ["a PNG", "rgba", ["-c:v", "png", ...still]],
  ["a WebP", "bgra", ["-c:v", "libwebp", "-lossless", "1", ...still]],
  ["a QuickTime video", "argb", ["-c:v", "qtrle", "-f", "mov"]],
  ["a WebM video", "yuva420p", ["-c:v", "libvpx-vp9", "-crf", "4", "-b:v", "0", "-f", "webm"]],
])("the transparent parts of %s are shown over black", async (_, format, encoding) => {
  // Columns: opaque red, half-transparent red, fully transparent green.
  const columns =
    "color=red:s=96x96:r=10:d=0.4,format=gbrap,geq=r='255*lt(X,64)':g='255*gte(X,64)':b=0:a='if(lt(X,32),255,if(lt(X,64),128,0))'";
  const convert = format === "yuva420p" ? ",scale=out_color_matrix=bt601:out_range=tv" : "";
  const source = await make("-f", "lavfi", "-i", `${columns}${convert},format=${format}`, ...encoding);
  const { kind, video } = await probe(source);
  expect(video?.alpha).toBe(true);
  const picture = await pictureOf(source);
  const piece =
    kind === "image" ? imagePiece({ frames: 2, picture }) : videoPiece({ frames: 2, frameRate: 10, picture });
  const shown = await renderFrames(segment([piece], { width: 96, height: 96 }), [source]);
  expectColor(colorAt(shown, 0, 1 / 6, 0.5), colors.red, 5);
  expectColor(colorAt(shown, 0, 3 / 6, 0.5), [40, 115, 184], 6);
  expectColor(colorAt(shown, 0, 5 / 6, 0.5), colors.black, 5);
});
