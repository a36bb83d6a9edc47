import type { ByteRange } from "./range.ts";

/** The frame of a `multipart/byteranges` answer (RFC 9110 §14.6): what is written around the bytes. */
export interface MultipartFrame {
  contentType: string;
  /** Text before each range's bytes, and after the last. */
  headers: string[];
  end: string;
  /** Bytes of the whole answer. */
  length: number;
}

/** Lays out an answer of several ranges of a file of `size` bytes. All of the frame is ASCII. */
export function multipartFrame(
  ranges: readonly ByteRange[],
  { size, contentType }: { size: number; contentType: string },
  boundary: string,
): MultipartFrame {
  const headers = ranges.map(
    ({ first, last }, index) =>
      `${index === 0 ? "" : "\r\n"}--${boundary}\r\nContent-Type: ${contentType}\r\nContent-Range: bytes ${first}-${last}/${size}\r\n\r\n`,
  );
  const end = `\r\n--${boundary}--\r\n`;
  const bytes = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const length = headers.reduce((sum, header) => sum + header.length, bytes + end.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, headers, end, length };
}
