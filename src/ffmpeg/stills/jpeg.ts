import type { Orientation, StillLayout } from "../../protocol/render-job.ts";
import { type HuffmanTable, huffmanTable } from "./jpeg-bits.ts";
import { type Component, type Frame, newFrame, readScan, type Scan } from "./jpeg-scan.ts";
import { DamagedPictureError } from "./picture-file-error.ts";
import { exifOrientation } from "./tiff-directory.ts";

/** Segments of a JPEG file, by the second byte of their markers (ITU-T T.81, table B.1). */
const MARKER = { dht: 0xc4, rst0: 0xd0, soi: 0xd8, eoi: 0xd9, sos: 0xda, dqt: 0xdb, dri: 0xdd, app1: 0xe1 };
/** Kinds of frames whose entropy-coded data is checked: baseline, extended and progressive, with Huffman codes. */
const CHECKED_FRAMES = [0xc0, 0xc1, 0xc2];
/** Other kinds of frames: lossless, hierarchical, and with arithmetic codes. ffmpeg decides about them. */
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];

/** The tables that scans refer to by their numbers. */
interface Tables {
  dc: HuffmanTable[];
  ac: HuffmanTable[];
  /** The first factor of each quantization table. */
  quantizers: number[];
}

/**
 * Checks the first picture of a JPEG file: its segments, and that its entropy-coded data has exactly the blocks of the
 * picture. Decoders conceal such faults. Ignores what follows the picture: phones append other pictures and videos.
 *
 * @throws DamagedPictureError
 */
export function inspectJpeg(bytes: Uint8Array): StillLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables: Tables = { dc: [], ac: [], quantizers: [] };
  let orientation: Orientation | null = null;
  let frame: Frame | null = null;
  let restartInterval = 0;
  for (let at = 2; ; ) {
    const start = at;
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (marker === undefined) {
      if (frame?.components.every(isComplete)) return { orientation: orientation ?? 1, bytes: bytes.length };
      throw new DamagedPictureError("the file is cut off");
    }
    if (bytes[at] !== 0xff || marker === 0) throw new DamagedPictureError(`there is no segment at byte ${start}`);
    if (marker === MARKER.eoi) {
      if (!frame?.components.every(hasPixels)) throw new DamagedPictureError("a part of its pixels is missing");
      return { orientation: orientation ?? 1, bytes: at + 2 };
    }
    if (marker === 0x01 || (marker >= MARKER.rst0 && marker <= MARKER.soi)) {
      at += 2;
      continue;
    }
    if (at + 4 > bytes.length) throw new DamagedPictureError("the file is cut off");
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) throw new DamagedPictureError("the file is cut off");
    const content = bytes.subarray(at + 4, end);
    if (OTHER_FRAMES.includes(marker)) return { orientation: orientation ?? 1, bytes: bytes.length };
    if (CHECKED_FRAMES.includes(marker)) frame = newFrame(content, marker === 0xc2);
    else if (marker === MARKER.dht) readTables(content, tables);
    else if (marker === MARKER.dqt) readQuantizers(content, tables);
    else if (marker === MARKER.dri) restartInterval = ((content[0] ?? 0) << 8) | (content[1] ?? 0);
    else if (marker === MARKER.app1 && isExif(content)) orientation ??= exifOrientation(content);
    at = end;
    if (marker === MARKER.sos) {
      if (!frame) throw new DamagedPictureError("its header is missing");
      at = readScan(bytes, end, frame, scanOf(content, frame, tables, restartInterval));
    }
  }
}

const isExif = (content: Uint8Array) => String.fromCharCode(...content.subarray(0, 6)) === "Exif\0\0";

/** True if a component's coefficients were read to their last bit. */
const isComplete = ({ lowBits }: Component) => lowBits.every((bit) => bit === 0);
/** True if a component was in a scan. */
const hasPixels = ({ lowBits }: Component) => (lowBits[0] ?? -1) >= 0;

/** Reads quantization tables (ITU-T T.81, §B.2.4.1). */
function readQuantizers(content: Uint8Array, { quantizers }: Tables): void {
  for (let at = 0; at < content.length; ) {
    const [info = 0, first = 0, second = 0] = content.subarray(at);
    const wide = info >> 4 > 0;
    quantizers[info & 15] = wide ? (first << 8) | second : first;
    at += wide ? 129 : 65;
  }
}

/** Reads Huffman tables (ITU-T T.81, §B.2.4.2). */
function readTables(content: Uint8Array, tables: Tables): void {
  for (let at = 0; at + 17 <= content.length; ) {
    const info = content[at] ?? 0;
    const counts = content.subarray(at + 1, at + 17);
    const values = counts.reduce((sum, count) => sum + count, 0);
    if (at + 17 + values > content.length) throw new DamagedPictureError("a Huffman table is cut off");
    (info >> 4 === 0 ? tables.dc : tables.ac)[info & 15] = huffmanTable(
      counts,
      content.subarray(at + 17, at + 17 + values),
    );
    at += 17 + values;
  }
}

/** Reads the header of a scan (ITU-T T.81, §B.2.3). */
function scanOf(content: Uint8Array, frame: Frame, tables: Tables, restartInterval: number): Scan {
  const count = content[0] ?? 0;
  const [first = 0, last = 63, bits = 0] = content.subarray(1 + 2 * count);
  const parts = Array.from({ length: count }, (_, index) => {
    const component = frame.components.find(({ id }) => id === content[1 + 2 * index]);
    if (!component) throw new DamagedPictureError("a scan names a component that the picture does not have");
    const selected = content[2 + 2 * index] ?? 0;
    const quantizer = tables.quantizers[component.quantizer] ?? 0;
    if (quantizer === 0) throw new DamagedPictureError("a quantization table is missing");
    return { component, dc: tables.dc[selected >> 4], ac: tables.ac[selected & 15], quantizer };
  });
  const scan: Scan = frame.progressive
    ? { parts, restartInterval, first, last, high: bits >> 4, low: bits & 15 }
    : { parts, restartInterval, first: 0, last: 63, high: 0, low: 0 };
  if (count === 0 || count > 4 || scan.last > 63 || scan.first > scan.last) {
    throw new DamagedPictureError("the header of a scan is wrong");
  }
  return scan;
}
