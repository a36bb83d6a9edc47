import type { Orientation } from "../../protocol/render-job.ts";

/** The first directory of a TIFF file, or of an Exif block, which has the same structure (TIFF 6.0, section 2). */
export interface TiffDirectory {
  /** The numbers of a tag; empty if the directory does not have the tag, or if its values are not in the file. */
  numbers(tag: number): number[];
}

const TYPE_BYTES: Record<number, number> = { 1: 1, 3: 2, 4: 4 };
/** Max values read of one tag: the strips or tiles of a very large picture. */
const MAX_VALUES = 1_000_000;

/** @returns null if the bytes are no TIFF file or its directory is not inside the bytes. */
export function tiffDirectory(bytes: Uint8Array): TiffDirectory | null {
  if (bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getUint16(0) === 0x4949;
  if (!little && view.getUint16(0) !== 0x4d4d) return null;
  if (view.getUint16(2, little) !== 42) return null;
  const start = view.getUint32(4, little);
  if (start + 2 > bytes.length) return null;
  const entries = new Map<number, number>();
  for (let entry = 0; entry < view.getUint16(start, little); entry++) {
    const at = start + 2 + entry * 12;
    if (at + 12 > bytes.length) return null;
    entries.set(view.getUint16(at, little), at);
  }
  return {
    numbers(tag) {
      const at = entries.get(tag);
      if (at === undefined) return [];
      const type = view.getUint16(at + 2, little);
      const count = view.getUint32(at + 4, little);
      const width = TYPE_BYTES[type] ?? 0;
      const values = count * width <= 4 ? at + 8 : view.getUint32(at + 8, little);
      if (width === 0 || count > MAX_VALUES || values + count * width > bytes.length) return [];
      return Array.from({ length: count }, (_, index) => {
        const place = values + index * width;
        if (width === 1) return view.getUint8(place);
        return width === 2 ? view.getUint16(place, little) : view.getUint32(place, little);
      });
    },
  };
}

/** The orientation in an Exif block, with or without its usual prefix. 1 if there is none. */
export function exifOrientation(exif: Uint8Array): Orientation {
  const prefixed = String.fromCharCode(...exif.subarray(0, 6)) === "Exif\0\0";
  return orientationIn(tiffDirectory(prefixed ? exif.subarray(6) : exif));
}

/** The orientation in a directory. 1 if there is none, or an invalid one. */
export function orientationIn(directory: TiffDirectory | null): Orientation {
  const [value = 1] = directory?.numbers(0x0112) ?? [];
  return value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
