import type { Orientation } from "../../protocol/render-job.ts";
import { DamagedPictureError, PictureFileError } from "./picture-file-error.ts";
import { orientationIn, tiffDirectory } from "./tiff-directory.ts";

const TAGS = { subfileType: 254, stripOffsets: 273, stripBytes: 279, tileOffsets: 324, tileBytes: 325, dng: 50706 };

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
  const strips = directory.numbers(TAGS.stripOffsets);
  const tiles = directory.numbers(TAGS.tileOffsets);
  if (strips.length + tiles.length === 0) throw new DamagedPictureError("it has no pixels");
  const ends = [
    ...directory.numbers(TAGS.stripBytes).map((size, index) => (strips[index] ?? 0) + size),
    ...directory.numbers(TAGS.tileBytes).map((size, index) => (tiles[index] ?? 0) + size),
  ];
  if (ends.some((end) => end > bytes.length)) throw new DamagedPictureError("the file is cut off");
  return orientationIn(directory);
}
