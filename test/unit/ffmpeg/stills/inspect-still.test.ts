import { expect, test } from "vitest";
import { inspectStill } from "../../../../src/ffmpeg/stills/inspect-still.ts";
import { DamagedPictureError, PictureFileError } from "../../../../src/ffmpeg/stills/picture-file-error.ts";
import { bytesOf, gif, jpeg, png, pngChunk, riffChunk, tiff, webp } from "./bytes.ts";

const exif = (orientation: number, order: "II" | "MM" = "II") => tiff(order, { 274: orientation });
const vp8 = riffChunk("VP8 ", [1, 2, 3]);
const vp8x = (flags: number) => riffChunk("VP8X", [flags, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
/** A TIFF picture whose only strip is the 4 bytes after the directory of 3 entries. */
const strip = (entries: Record<number, number>, bytes = 4) =>
  tiff("MM", { 273: 8 + 2 + 12 * (2 + Object.keys(entries).length) + 4, 279: 4, ...entries }, Array(bytes).fill(7));

const turned: [string, (orientation: number) => Uint8Array][] = [
  ["JPEG", (value) => jpeg(4, { exif: exif(value, "MM") })],
  ["PNG with Exif before the pixels", (value) => png([pngChunk("eXIf", exif(value, "MM"))])],
  ["PNG with Exif after the pixels", (value) => png([], [pngChunk("eXIf", exif(value))])],
  ["WebP", (value) => webp(vp8x(8), vp8, riffChunk("EXIF", exif(value)))],
  [
    "WebP with a prefix before Exif",
    (value) => webp(vp8x(8), vp8, riffChunk("EXIF", bytesOf("Exif\0\0", exif(value)))),
  ],
  ["TIFF", (value) => strip({ 274: value })],
];

test.each(turned)("each of the eight orientations of a %s picture is read", async (_, file) => {
  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    expect(await inspectStill(file(orientation))).toMatchObject({ orientation });
  }
});

test.each(turned)("a %s picture with an invalid orientation is shown as it is stored", async (_, file) => {
  expect(await inspectStill(file(9))).toMatchObject({ orientation: 1 });
});

test.each([
  ["a JPEG", jpeg(9), "mjpeg"],
  ["a JPEG with restart markers", jpeg(40, { restart: 3 }), "mjpeg"],
  [
    "a JPEG followed by another picture and a video",
    jpeg(9, { after: bytesOf(jpeg(3), "\0\0\0\x18ftypmp42") }),
    "mjpeg",
  ],
  ["a JPEG without its end marker", jpeg(9).subarray(0, -2), "mjpeg"],
  ["a PNG", png(), "png"],
  ["a PNG with bytes after its end", bytesOf(png(), "trailing"), "png"],
  ["a PNG without its end marker", png().subarray(0, -12), "png"],
  ["a PNG with a damaged comment", png([pngChunk("tEXt", [65, 0, 66]).with(9, 67)]), "png"],
  ["a PNG that moves", png([pngChunk("acTL", [0, 0, 0, 2, 0, 0, 0, 0])], [pngChunk("fdAT", [0, 0, 0, 1, 9])]), "png"],
  ["a WebP", webp(vp8), "webp"],
  ["a WebP with bytes after its end", bytesOf(webp(vp8), 0, 0, 0), "webp"],
  ["a WebP with a cut-off comment", webp(vp8x(4), vp8, riffChunk("XMP ", [1, 2, 3, 4])).subarray(0, -2), "webp"],
  ["a GIF of one picture", gif(1), "gif"],
  ["a GIF without its end marker", gif(1).subarray(0, -1), "gif"],
  ["a TIFF", strip({}), "tiff"],
] as const)("%s is accepted as a still picture", async (_, file, format) => {
  expect(await inspectStill(file)).toMatchObject({ format, orientation: 1 });
});

test("the first picture of a JPEG file ends before what is appended to it", async () => {
  const picture = jpeg(9);
  expect(await inspectStill(jpeg(9, { after: jpeg(3) }))).toMatchObject({ bytes: picture.length });
});

test.each([
  ["a GIF of two pictures", gif(2)],
  ["an MP4 file", bytesOf("\0\0\0\x18ftypmp42\0\0\0\0mp42isom")],
  ["an empty file", new Uint8Array(0)],
])("%s is not a still picture", async (_, file) => {
  expect(await inspectStill(file)).toBeNull();
});

test.each([
  [
    "a moving WebP",
    webp(vp8x(2), riffChunk("ANIM", [0, 0, 0, 0, 0, 0]), riffChunk("ANMF", [1])),
    /moving WebP.*GIF or MP4/,
  ],
  ["a TIFF that begins with a preview", strip({ 254: 1 }), /camera raw.*convert it/],
  ["a DNG", strip({ 50706: 1 }), /camera raw.*convert it/],
  ["a TIFF with JPEG compression", strip({ 259: 7 }), /TIFF picture with JPEG compression.*convert it to PNG/],
  ["a TIFF with Zstandard compression", strip({ 259: 50000 }), /with Zstandard compression/],
  ["a TIFF with an unknown compression", strip({ 259: 4711 }), /with unknown \(4711\) compression/],
  ["a TIFF in tiles", tiff("II", { 324: 70, 325: 4 }, Array(50).fill(7)), /in tiles/],
  ["a TIFF with 32 bits a sample", strip({ 258: 32 }), /with 32 bits a sample/],
  ["a TIFF with floating-point samples", strip({ 258: 16, 339: 3 }), /floating-point samples/],
  ["a TIFF in Lab colours", strip({ 262: 8 }), /in Lab colours/],
  ["a TIFF in CMYK colours with 16 bits", strip({ 258: 16, 262: 5 }), /in CMYK colours with 16 bits a sample/],
])("%s is refused by what it is", async (_, file, reason) => {
  const refused = inspectStill(file);
  await expect(refused).rejects.toThrow(reason);
  await expect(refused).rejects.toThrow(PictureFileError);
});

test.each([
  ["JPEG", jpeg(40), 2],
  ["JPEG with restart markers", jpeg(40, { restart: 3 }), 2],
  ["PNG", png(), 12],
  ["WebP", webp(vp8), 1],
  ["GIF", gif(1), 1],
  ["TIFF", strip({}), 0],
])("a %s picture that is cut off anywhere before its last pixel is refused", async (_, file, end) => {
  for (let length = 12; length < file.length - end; length++) {
    await expect(inspectStill(file.subarray(0, length)), `${length} bytes`).rejects.toThrow(DamagedPictureError);
  }
});

test("a PNG picture with any bit of its pixels or its header flipped is refused", async () => {
  const file = png();
  for (let at = 8; at < file.length - 12; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      await expect(inspectStill(damaged), `bit ${bit} of byte ${at}`).rejects.toThrow(DamagedPictureError);
    }
  }
});

test("a JPEG picture is refused if a flipped bit adds or removes blocks", async () => {
  const file = jpeg(200);
  const start = file.length - 2 - 160;
  let refused = 0;
  for (let at = start; at < start + 100; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
      refused += await inspectStill(damaged).then(
        () => 0,
        () => 1,
      );
    }
  }
  // Three of the eight bits of a block say how many bits follow. The others are values, whose change nothing shows.
  expect(refused / 800).toBeGreaterThan(0.3);
});

test.each([
  ["a length that leads nowhere", (file: Uint8Array) => file.with(5, 0x20)],
  ["a Huffman table with too many codes", (file: Uint8Array) => file.with(file.indexOf(0xc4) + 4, 9)],
  ["more rows than it has", (file: Uint8Array) => file.with(file.indexOf(0xc0) + 5, 16)],
  ["no header", (file: Uint8Array) => file.with(file.indexOf(0xc0), 0xe5)],
])("a JPEG picture with %s is refused", async (_, damage) => {
  await expect(inspectStill(damage(jpeg(20)))).rejects.toThrow(DamagedPictureError);
});
