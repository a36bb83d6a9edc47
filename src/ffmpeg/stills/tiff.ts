import type { Orientation } from "../../protocol/render-job.ts";
import { DamagedPictureError, PictureFileError } from "./picture-file-error.ts";
import { orientationIn, type TiffDirectory, tiffDirectory } from "./tiff-directory.ts";

const TAGS = {
  subfileType: 254,
  sampleBits: 258,
  compression: 259,
  colours: 262,
  stripOffsets: 273,
  stripBytes: 279,
  tileOffsets: 324,
  sampleFormat: 339,
  dng: 50706,
};

/** Compressions that both renderers decode: none, fax (3), LZW, ZIP (2) and PackBits. */
const COMPRESSIONS = [1, 2, 3, 4, 5, 8, 32773, 32946];
const COMPRESSION_NAMES: Record<number, string> = {
  6: "JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  34925: "LZMA",
  50000: "Zstandard",
  50001: "WebP",
};
const CMYK = 5;
/** CIE Lab in three encodings. */
const LAB = [8, 9, 10];
const UNSIGNED_INTEGERS = 1;
const UNDEFINED_SAMPLES = 4;

/**
 * Checks that the file has all pixels of its first picture.
 *
 * @throws DamagedPictureError, or PictureFileError for camera raw files, whose first picture is a small preview.
 */
export function inspectTiff(bytes: Uint8Array): Orientation {
  const directory = tiffDirectory(bytes);
  if (!directory) throw new DamagedPictureError("its directory is missing or cut off");
  const isPreview = ((directory.numbers(TAGS.subfileType)[0] ?? 0) & 1) === 1;
  if (isPreview || directory.numbers(TAGS.dng).length > 0) {
    throw new PictureFileError("this is a camera raw picture (TIFF with a preview); convert it to JPEG");
  }
  const kind = undecodableKind(directory);
  if (kind !== null) {
    throw new PictureFileError(
      `this is a TIFF picture ${kind}, which ffmpeg cannot decode; save it with 8 bits in RGB and LZW compression, or convert it to PNG or JPEG`,
    );
  }
  const strips = directory.numbers(TAGS.stripOffsets);
  if (strips.length === 0) throw new DamagedPictureError("it has no pixels");
  const ends = directory.numbers(TAGS.stripBytes).map((size, index) => (strips[index] ?? 0) + size);
  if (ends.some((end) => end > bytes.length)) throw new DamagedPictureError("the file is cut off");
  return orientationIn(directory);
}

/** What keeps ffmpeg from decoding a picture, or makes it show another one without an error; null if nothing does. */
function undecodableKind(directory: TiffDirectory): string | null {
  const [compression = 1] = directory.numbers(TAGS.compression);
  if (!COMPRESSIONS.includes(compression)) {
    return `with ${COMPRESSION_NAMES[compression] ?? `unknown (${compression})`} compression`;
  }
  // ffmpeg shows only the first tile.
  if (directory.numbers(TAGS.tileOffsets).length > 0) return "in tiles";
  const bits = Math.max(1, ...directory.numbers(TAGS.sampleBits));
  if (bits > 16) return `with ${bits} bits a sample`;
  const formats = directory.numbers(TAGS.sampleFormat);
  if (formats.some((format) => format !== UNSIGNED_INTEGERS && format !== UNDEFINED_SAMPLES)) {
    return "with signed or floating-point samples";
  }
  const [colours = 2] = directory.numbers(TAGS.colours);
  if (LAB.includes(colours)) return "in Lab colours";
  // ffmpeg takes the ink for light.
  return colours === CMYK && bits > 8 ? `in CMYK colours with ${bits} bits a sample` : null;
}
