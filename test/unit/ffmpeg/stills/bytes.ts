import { crc32, deflateSync } from "node:zlib";

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** The bytes of texts (Latin-1), numbers and arrays, one after the other. */
export function bytesOf(...parts: (string | number | ArrayLike<number>)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => {
      if (typeof part === "number") return [part];
      return typeof part === "string" ? [...ascii(part)] : Array.from(part);
    }),
  );
}

const big = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const little = (value: number) => big(value).reverse();

/** A chunk of a PNG file. */
export function pngChunk(type: string, content: ArrayLike<number>): Uint8Array {
  const named = bytesOf(type, content);
  return bytesOf(big(content.length), named, big(crc32(named)));
}

/** A grey PNG of 4×4 pixels, with further chunks before or after its pixels. */
export function png(before: Uint8Array[] = [], after: Uint8Array[] = []): Uint8Array {
  const rows = deflateSync(Uint8Array.from({ length: 20 }, (_, index) => (index % 5 === 0 ? 0 : 90 + index)));
  return bytesOf(
    ...["\x89PNG\r\n\x1a\n", pngChunk("IHDR", [...big(4), ...big(4), 8, 0, 0, 0, 0])],
    ...[...before, pngChunk("IDAT", rows), ...after, pngChunk("IEND", [])],
  );
}

/** A TIFF directory with short values, as in TIFF and Exif. */
export function tiff(order: "II" | "MM", entries: Record<number, number>, rest: ArrayLike<number> = []): Uint8Array {
  const short = (value: number) => (order === "II" ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const long = order === "II" ? little : big;
  const tags = Object.entries(entries);
  const list = tags.flatMap(([tag, value]) => [...short(Number(tag)), ...short(3), ...long(1), ...short(value), 0, 0]);
  return bytesOf(order, short(42), long(8), short(tags.length), list, long(0), rest);
}

/** A chunk of a RIFF file such as WebP. */
export function riffChunk(type: string, content: ArrayLike<number>): Uint8Array {
  return bytesOf(type, little(content.length), content, content.length % 2 === 1 ? [0] : []);
}

/** A WebP file of the given chunks. */
export function webp(...chunks: Uint8Array[]): Uint8Array {
  const content = bytesOf("WEBP", ...chunks);
  return bytesOf("RIFF", little(content.length), content);
}

/** A GIF file of the given number of pictures with 2×2 pixels. */
export function gif(pictures: number): Uint8Array {
  const picture = bytesOf(
    [0x21, 0xf9, 4, 0, 10, 0, 0, 0],
    [0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0],
    [2, 3, 0x44, 0x02, 0x05, 0],
  );
  const pictureList = Array.from({ length: pictures }, () => picture);
  return bytesOf("GIF89a", [2, 0, 2, 0, 0x80, 0, 0], [0, 0, 0, 255, 255, 255], ...pictureList, 0x3b);
}

const segment = (marker: number, content: ArrayLike<number>) =>
  bytesOf(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, content);

/** The bits of a text of zeros and ones as entropy-coded bytes, filled up with ones. */
function entropyCoded(bits: string): number[] {
  const full = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1");
  return (full.match(/.{8}/g) ?? []).flatMap((byte) => {
    const value = Number.parseInt(byte, 2);
    return value === 0xff ? [0xff, 0] : [value];
  });
}

/**
 * A grey baseline JPEG whose blocks lie in one row. Each block has the mean `10 01` (one more than the block before, at
 * most) and one coefficient, so that its bits vary.
 *
 * @param options.restart blocks between restart markers; 0 for none.
 */
export function jpeg(
  blocks: number,
  options: { restart?: number; exif?: Uint8Array; after?: Uint8Array } = {},
): Uint8Array {
  const { restart = 0, exif, after = new Uint8Array(0) } = options;
  // Means: code 0 is no change, code 10 has two more bits. Coefficients: 0 ends the block, 10 is one more bit.
  const counts = [1, 1, ...Array(14).fill(0)];
  const block = (index: number) => `${index % 2 === 0 ? "1010" : "1001"}${index % 3 === 0 ? "101" : "100"}0`;
  const parts = [];
  const size = restart || blocks;
  for (let first = 0; first < blocks; first += size) {
    const bits = Array.from({ length: Math.min(size, blocks - first) }, (_, index) => block(first + index));
    if (first > 0) parts.push([0xff, 0xd0 + ((first / size - 1) % 8)]);
    parts.push(entropyCoded(bits.join("")));
  }
  const width = blocks * 8;
  return bytesOf(
    ...[0xff, 0xd8, ...(exif ? [segment(0xe1, bytesOf("Exif\0\0", exif))] : [])],
    segment(0xdb, [0, ...Array(64).fill(8)]),
    segment(0xc0, [8, 0, 8, width >> 8, width & 255, 1, 1, 0x11, 0]),
    segment(0xc4, [0x00, ...counts, 0, 2, 0x10, ...counts, 0x00, 0x01]),
    ...(restart ? [segment(0xdd, [restart >> 8, restart & 255])] : []),
    segment(0xda, [1, 1, 0, 0, 63, 0]),
    ...parts,
    ...[0xff, 0xd9, after],
  );
}
