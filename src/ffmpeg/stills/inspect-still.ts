import type { StillLayout } from "../../protocol/render-job.ts";
import { countGifPictures } from "./gif.ts";
import { inspectJpeg } from "./jpeg.ts";
import { inspectPng } from "./png.ts";
import { type StillFormat, stillFormat } from "./still-format.ts";
import { inspectTiff } from "./tiff.ts";
import { inspectWebp } from "./webp.ts";

/** A picture file that shows one picture: its first one, whatever follows it. */
export interface Still extends StillLayout {
  format: StillFormat;
}

/** Max bytes of a picture file that a renderer reads into memory to inspect it. */
export const MAX_STILL_BYTES = 256 * 1024 * 1024;
/**
 * Checks a whole picture file, strictly: a picture of which pixels are missing or wrong is refused as far as its format
 * shows that. What does no harm is accepted, such as bytes after the picture or a missing end marker.
 *
 * @returns null if the file is not a still picture: something else, or a moving GIF.
 * @throws DamagedPictureError or PictureFileError
 */
export async function inspectStill(bytes: Uint8Array): Promise<Still | null> {
  const format = stillFormat(bytes);
  switch (format) {
    case null:
      return null;
    case "mjpeg":
      return { format, ...inspectJpeg(bytes) };
    case "png":
      return { format, bytes: bytes.length, orientation: await inspectPng(bytes) };
    case "webp":
      return { format, bytes: bytes.length, orientation: inspectWebp(bytes) };
    case "tiff":
      return { format, bytes: bytes.length, orientation: inspectTiff(bytes) };
    case "bmp":
      return { format, bytes: bytes.length, orientation: 1 };
    case "gif":
      return countGifPictures(bytes) === 1 ? { format, bytes: bytes.length, orientation: 1 } : null;
  }
}
