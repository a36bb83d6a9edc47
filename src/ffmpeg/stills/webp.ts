import type { Orientation } from "../../protocol/render-job.ts";
import { DamagedPictureError, PictureFileError } from "./picture-file-error.ts";
import { exifOrientation } from "./tiff-directory.ts";

/** The bit in the chunk `VP8X` that means moving pictures (WebP Container Specification, "Extended File Format"). */
const ANIMATION_FLAG = 0x02;

/**
 * Checks that the file has all its chunks. The pixels themselves have no checksum.
 *
 * @throws DamagedPictureError, or PictureFileError for a moving picture.
 */
export function inspectWebp(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = 8 + view.getUint32(4, true);
  let orientation: Orientation = 1;
  let hasPicture = false;
  for (let at = 12; at + 8 <= Math.min(size, bytes.length); ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length;
    const content = bytes.subarray(at + 8, end);
    if (type === "ANIM" || type === "ANMF" || (type === "VP8X" && (content[0] ?? 0) & ANIMATION_FLAG)) {
      throw new PictureFileError("this is a moving WebP picture; convert it to GIF or MP4");
    }
    if (end > bytes.length && (type === "VP8 " || type === "VP8L" || type === "ALPH" || !hasPicture)) {
      throw new DamagedPictureError("the file is cut off");
    }
    if (type === "VP8 " || type === "VP8L") hasPicture = true;
    if (type === "EXIF" && end <= bytes.length) orientation = exifOrientation(content);
    at = end + (length % 2);
  }
  if (!hasPicture) throw new DamagedPictureError("it has no pixels");
  return orientation;
}
