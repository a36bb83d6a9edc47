import type { Orientation } from "../../protocol/render-job.ts";
import { DamagedPictureError } from "./picture-file-error.ts";
import { exifOrientation } from "./tiff-directory.ts";

/** Chunks that do not change the pixels. A decoder ignores them if they are damaged, so they do no harm. */
const HARMLESS_CHUNKS = [
  "tEXt",
  "zTXt",
  "iTXt",
  "tIME",
  "pHYs",
  "eXIf",
  "bKGD",
  "hIST",
  "sPLT",
  "acTL",
  "fcTL",
  "fdAT",
];

/**
 * Checks that every chunk which decides pixels is complete and has the right checksum (PNG, third edition, §5).
 *
 * @throws DamagedPictureError
 */
export async function inspectPng(bytes: Uint8Array): Promise<Orientation> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let orientation: Orientation = 1;
  const data: Uint8Array[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) {
      // Only the end marker is missing if the compressed pixels are complete.
      if (await isCompleteDeflate(data)) return orientation;
      throw new DamagedPictureError("the file is cut off");
    }
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (at === 8 && type !== "IHDR") throw new DamagedPictureError("its header is missing");
    if (end > bytes.length) {
      if (HARMLESS_CHUNKS.includes(type) && (await isCompleteDeflate(data))) return orientation;
      throw new DamagedPictureError("the file is cut off");
    }
    const intact = crc32(bytes.subarray(at + 4, end - 4)) === view.getUint32(end - 4);
    if (!intact && !HARMLESS_CHUNKS.includes(type)) {
      throw new DamagedPictureError(`the checksum of its part ${JSON.stringify(type)} at byte ${at} is wrong`);
    }
    const content = bytes.subarray(at + 8, end - 4);
    if (type === "eXIf" && intact) orientation = exifOrientation(content);
    if (type === "IDAT") data.push(content);
    if (type === "IEND") {
      if (data.length === 0) throw new DamagedPictureError("it has no pixels");
      return orientation;
    }
    at = end;
  }
}

/** True if the parts are one whole zlib stream with a right checksum. */
async function isCompleteDeflate(parts: readonly Uint8Array[]): Promise<boolean> {
  if (parts.length === 0) return false;
  try {
    const inflated = new Blob(parts as Uint8Array<ArrayBuffer>[])
      .stream()
      .pipeThrough(new DecompressionStream("deflate"));
    for await (const _ of inflated);
    return true;
  } catch {
    return false;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) {
    crc = (CRC_TABLE[(crc ^ (bytes[index] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}
