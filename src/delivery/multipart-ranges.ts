import type { ByteRange } from "./range.ts";

/** The text around the ranges' bytes in a `multipart/byteranges` response (RFC 9110 §14.6). It is all ASCII. */
export interface MultipartFrame {
  contentType: string;
  /** The text before each range's bytes. */
  headers: string[];
  /** The text after the last range's bytes. */
  end: string;
  /** Length of the whole response body in bytes. */
  length: number;
}

/**
 * Lays out a response with several ranges of a file.
 *
 * @param size size of the file in bytes.
 * @param boundary must not occur in the file.
 */
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
