import { expect, test } from "vitest";
import { colors, expectColor, expectCorners, quarters, UPRIGHT } from "../support/colours.ts";
import {
  colorAt,
  imagePiece,
  make,
  pictureOf,
  probe,
  renderFrames,
  STILL,
  segment,
  videoPiece,
} from "../support/pictures.ts";

test("untagged high-definition video is treated as BT.709", async () => {
  const source = await make(
    ...["-f", "lavfi", "-i", `${quarters("720x720")},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p`],
    ...["-frames:v", "3", "-c:v", "libx264", "-qp", "4", "-f", "mp4"],
  );
  const job = segment([videoPiece({ frames: 2, frameRate: 10, picture: await pictureOf(source) })]);
  expectCorners(await renderFrames({ ...job, width: 96, height: 96 }, [source]), UPRIGHT);
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
  ["a PNG", "rgba", ["-c:v", "png", ...STILL]],
  ["a WebP", "bgra", ["-c:v", "libwebp", "-lossless", "1", ...STILL]],
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
