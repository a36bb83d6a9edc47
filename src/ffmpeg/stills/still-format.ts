import type { stillDecoders } from "../../protocol/render-job.ts";

/** The formats of still pictures, as ffmpeg names their decoders. */
export type StillFormat = (typeof stillDecoders)[number];

/** Number of bytes that {@link stillFormat} needs. */
export const STILL_HEAD_BYTES = 12;

/** The format of a picture file by its first bytes; null if it is not a picture. */
export function stillFormat(head: Uint8Array): StillFormat | null {
  const text = String.fromCharCode(...head.subarray(0, STILL_HEAD_BYTES));
  if (text.startsWith("\xff\xd8\xff")) return "mjpeg";
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (/^RIFF.{4}WEBP/s.test(text)) return "webp";
  if (text.startsWith("BM") && text.slice(6, 10) === "\0\0\0\0") return "bmp";
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return "tiff";
  return /^GIF8[79]a/.test(text) ? "gif" : null;
}
