import { expect, test } from "vitest";
import { sourcePicture } from "../../../src/ffmpeg/source-picture-properties.ts";
import { inspectStill } from "../../../src/ffmpeg/stills/inspect-still.ts";
import type { MediaProbe } from "../../../src/protocol/render-job.ts";
import { colors, expectColor, expectCorners, quarters } from "../support/colours.ts";
import {
  colorAt,
  decode,
  type Frames,
  imagePiece,
  make,
  plain,
  probe,
  render,
  renderers,
  segment,
} from "../support/pictures.ts";

const onePicture = ["-frames:v", "1", "-f", "image2pipe"];
const square = { width: 64, height: 64 };

/** The picture properties that the filters need. */
function pictureIn({ video }: MediaProbe) {
  if (!video) throw new Error("no picture");
  return sourcePicture(video);
}

/** Each of the frames alone. */
const single = ({ width, height, frames }: Frames): Frames[] =>
  frames.map((frame) => ({ width, height, frames: [frame] }));

test("all renderers show the first of two pictures of different sizes in a JPEG file", async () => {
  const jpeg = (colour: string, size: string) =>
    make("-f", "lavfi", "-i", `color=${colour}:s=${size},format=yuvj420p`, "-c:v", "mjpeg", "-q:v", "2", ...onePicture);
  const video = Buffer.from("\0\0\0\x18ftypmp42");
  const file = Buffer.concat([await jpeg("red", "64x64"), await jpeg("blue", "32x16"), video]);
  const described = await probe(file);
  expect(described.video).toMatchObject(square);
  const still = described.video?.still ?? null;
  const job = segment([imagePiece({ frames: 12, picture: pictureIn(described), still })], square);
  for (const [, run] of renderers) {
    const shown = await decode(await render(job, [file], run), 64, 64);
    expect(shown.frames).toHaveLength(12);
    for (const frame of single(shown)) expectColor(colorAt(frame, 0, 0.5, 0.5), colors.red);
  }
});

/** The corners of the test picture for each orientation, clockwise from the top left (Exif 2.32, tag 0x0112). */
const upright = {
  1: ["red", "green", "white", "blue"],
  2: ["green", "red", "blue", "white"],
  3: ["white", "blue", "red", "green"],
  4: ["blue", "white", "green", "red"],
  5: ["red", "blue", "white", "green"],
  6: ["blue", "red", "green", "white"],
  7: ["white", "green", "red", "blue"],
  8: ["green", "white", "blue", "red"],
} as const;

test("all renderers show a still picture of each orientation upright", async () => {
  const png = await make("-f", "lavfi", "-i", quarters("64x64"), "-c:v", "png", ...onePicture);
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  const picture = { ...plain, matrix: "rgb" as const };
  const pieces = orientations.map((orientation) =>
    imagePiece({ frames: 1, picture, still: { orientation, bytes: png.length } }),
  );
  for (const [, run] of renderers) {
    const shown = single(await decode(await render(segment(pieces, square), [png], run), 64, 64));
    for (const [index, orientation] of orientations.entries()) {
      expectCorners(shown[index] ?? { ...square, frames: [] }, [...upright[orientation]]);
    }
  }
});

/** Pictures of all formats, with pixels that a printer would print twice as wide as high. */
const formats: [string, ...string[]][] = [
  ["JPEG with 4:2:0", "-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj420p"],
  ["JPEG with 4:2:2", "-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj422p"],
  ["JPEG with 4:4:4", "-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj444p"],
  ["PNG", "-c:v", "png"],
  ["WebP", "-c:v", "libwebp", "-lossless", "1"],
  ["BMP", "-c:v", "bmp"],
  ["TIFF", "-c:v", "tiff"],
  ["GIF", "-c:v", "gif"],
];

test("all renderers show still pictures of all formats, with square pixels whatever their resolution is", async () => {
  const files: Uint8Array[] = [];
  const pieces = [];
  for (const [name, ...codec] of formats) {
    const file = await make("-f", "lavfi", "-i", `${quarters("64x64")},setsar=2/1`, ...codec, ...onePicture);
    const described = await probe(file);
    expect(described, name).toMatchObject({ kind: "image", duration: 0, video: square });
    const still = { orientation: 6 as const, bytes: file.length };
    pieces.push(imagePiece({ frames: 1, input: files.length, picture: pictureIn(described), still }));
    files.push(file);
  }
  for (const [, run] of renderers) {
    // Bars would show if the pixels were not square.
    const job = segment(pieces, { ...square, fit: "contain" });
    for (const frame of single(await decode(await render(job, files, run), 64, 64))) {
      expectCorners(frame, [...upright[6]]);
      expectColor(colorAt(frame, 0, 0.05, 0.05, 2), colors.blue, 6);
    }
  }
});

test("a picture in a plan of an earlier version is turned by ffmpeg", async () => {
  const file = await make("-f", "lavfi", "-i", quarters("64x64"), "-c:v", "png", ...onePicture);
  const piece = imagePiece({ frames: 1, picture: { ...plain, matrix: "rgb" }, still: null });
  expectCorners(await decode(await render(segment([piece], square), [file]), 64, 64), [...upright[1]]);
});

test("a real JPEG picture is accepted, and is refused if it is cut off", async () => {
  for (const format of ["yuvj420p", "gray"]) {
    const source = `testsrc2=s=160x90,noise=alls=30,format=${format}`;
    const file = await make("-f", "lavfi", "-i", source, "-c:v", "mjpeg", "-q:v", "3", ...onePicture);
    expect(await inspectStill(file)).toEqual({ format: "mjpeg", orientation: 1, bytes: file.length });
    for (const share of [0.3, 0.6, 0.9]) {
      const cut = inspectStill(file.slice(0, file.length * share));
      await expect(cut, `${format}, ${share}`).rejects.toThrow("the picture is damaged: ");
    }
  }
});
