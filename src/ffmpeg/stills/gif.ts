import { DamagedPictureError } from "./picture-file-error.ts";

/**
 * Counts the pictures of a GIF file (GIF89a, appendix A). Only the end marker may be missing.
 *
 * @throws DamagedPictureError if the file is cut off or has no picture.
 */
export function countGifPictures(bytes: Uint8Array): number {
  const byte = (at: number): number => {
    const value = bytes[at];
    if (value === undefined) throw new DamagedPictureError("the file is cut off");
    return value;
  };
  const afterTable = (at: number, flags: number) => (flags & 0x80 ? at + 3 * 2 ** ((flags & 7) + 1) : at);
  const afterSubBlocks = (start: number) => {
    let at = start;
    while (byte(at) !== 0) at += 1 + byte(at);
    return at + 1;
  };
  let pictures = 0;
  for (let at = afterTable(13, byte(10)); at < bytes.length; ) {
    const kind = byte(at);
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      at = afterSubBlocks(at + 2);
    } else if (kind === 0x2c) {
      at = afterSubBlocks(afterTable(at + 10, byte(at + 9)) + 1);
      pictures++;
    } else if (kind === 0) {
      // Some programs write a zero too much between blocks.
      at++;
    } else {
      throw new DamagedPictureError(`there is no block at byte ${at}`);
    }
  }
  if (pictures === 0) throw new DamagedPictureError("it has no pixels");
  return pictures;
}
