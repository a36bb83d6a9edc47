import { expect, test } from "vitest";
import { inspectStill } from "../../src/ffmpeg/stills/inspect-still.ts";
import { colors, expectColor, expectCorners, quarters } from "./support/colours.ts";
import {
  colorAt,
  decode,
  type Frames,
  imagePiece,
  make,
  pictureOf,
  plain,
  probe,
  render,
  renderers,
  segment,
} from "./support/pictures.ts";

const onePicture = ["-frames:v", "1", "-f", "image2pipe"];
const square = { width: 64, height: 64 };

/** Where a picture lies in its file. */
const stillOf = async (file: Uint8Array) => (await probe(file)).video?.still ?? null;

/** Each of the frames alone. */
const single = ({ width, height, frames }: Frames): Frames[] =>
  frames.map((frame) => ({ width, height, frames: [frame] }));

test.each(renderers)("%s shows the first of two pictures of different sizes in a JPEG file", async (_, run) => {
  const jpeg = (colour: string, size: string) =>
    make("-f", "lavfi", "-i", `color=${colour}:s=${size},format=yuvj420p`, "-c:v", "mjpeg", "-q:v", "2", ...onePicture);
  const file = Buffer.concat([
    await jpeg("red", "64x64"),
    await jpeg("blue", "32x16"),
    Buffer.from("\0\0\0\x18ftypmp42"),
  ]);
  expect((await probe(file)).video).toMatchObject(square);
  const piece = imagePiece({ frames: 12, picture: await pictureOf(file), still: await stillOf(file) });
  const shown = await decode(await render(segment([piece], square), [file], run), 64, 64);
  expect(shown.frames).toHaveLength(12);
  for (const frame of single(shown)) expectColor(colorAt(frame, 0, 0.5, 0.5), colors.red);
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

test.each(renderers)("%s shows a still picture of each orientation upright", async (_, run) => {
  const png = await make("-f", "lavfi", "-i", quarters("64x64"), "-c:v", "png", ...onePicture);
  const picture = await pictureOf(png);
  const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;
  const pieces = orientations.map((orientation) =>
    imagePiece({ frames: 1, picture, still: { orientation, bytes: png.length } }),
  );
  const shown = single(await decode(await render(segment(pieces, square), [png], run), 64, 64));
  for (const [index, orientation] of orientations.entries()) {
    expectCorners(shown[index] ?? { ...square, frames: [] }, [...upright[orientation]]);
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

test.each(renderers)(
  "%s shows still pictures of all formats, with square pixels whatever their resolution is",
  async (_, run) => {
    const files: Uint8Array[] = [];
    for (const [, ...codec] of formats) {
      files.push(await make("-f", "lavfi", "-i", `${quarters("64x64")},setsar=2/1`, ...codec, ...onePicture));
    }
    const pieces = [];
    for (const [input, file] of files.entries()) {
      const described = await probe(file);
      expect(described, formats[input]?.[0]).toMatchObject({ kind: "image", duration: 0, video: square });
      const still = { orientation: 6 as const, bytes: file.length };
      pieces.push(imagePiece({ frames: 1, input, picture: await pictureOf(file), still }));
    }
    // Bars would show if the pixels were not square.
    const shown = single(
      await decode(await render(segment(pieces, { ...square, fit: "contain" }), files, run), 64, 64),
    );
    for (const frame of shown) {
      expectCorners(frame, [...upright[6]]);
      expectColor(colorAt(frame, 0, 0.05, 0.05, 2), colors.blue, 6);
    }
  },
);

test("a picture in a plan of an earlier version is turned by ffmpeg", async () => {
  const file = await make("-f", "lavfi", "-i", quarters("64x64"), "-c:v", "png", ...onePicture);
  const piece = imagePiece({ frames: 1, picture: { ...plain, matrix: "rgb" }, still: null });
  expectCorners(await decode(await render(segment([piece], square), [file]), 64, 64), [...upright[1]]);
});

test("a real JPEG picture is accepted, and is refused if it is cut off", async () => {
  for (const format of ["yuvj420p", "yuvj422p", "yuvj444p", "gray"]) {
    const source = `testsrc2=s=160x90,noise=alls=30,format=${format}`;
    const file = await make("-f", "lavfi", "-i", source, "-c:v", "mjpeg", "-q:v", "3", ...onePicture);
    expect(await inspectStill(file)).toEqual({ format: "mjpeg", orientation: 1, bytes: file.length });
    for (const share of [0.3, 0.6, 0.9]) {
      const cut = inspectStill(file.slice(0, file.length * share));
      await expect(cut, `${format}, ${share}`).rejects.toThrow("the picture is damaged: ");
    }
  }
});
