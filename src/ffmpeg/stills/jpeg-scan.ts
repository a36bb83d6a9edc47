import { type HuffmanTable, JpegBits } from "./jpeg-bits.ts";
import { DamagedPictureError } from "./picture-file-error.ts";

/** A colour component of a picture. */
export interface Component {
  id: number;
  /** Blocks of 8×8 samples in one unit of an interleaved scan. */
  across: number;
  down: number;
  /** Blocks of a scan with this component alone. */
  width: number;
  height: number;
  /** Number of its quantization table. */
  quantizer: number;
  /** Blocks of one row in {@link nonZero}. */
  stride: number;
  /** For each coefficient, the lowest bit that was read; -1 before the first scan. */
  lowBits: Int8Array;
  /** For each coefficient of each block, 1 if it is not zero. Only used for progressive pictures. */
  nonZero: Uint8Array;
}

export interface Frame {
  progressive: boolean;
  /** Bits of a sample. */
  precision: number;
  components: Component[];
  /** Units of an interleaved scan. */
  unitsAcross: number;
  unitsDown: number;
}

/** A scan: a part of the coefficients of some components. */
export interface Scan {
  parts: {
    component: Component;
    dc: HuffmanTable | undefined;
    ac: HuffmanTable | undefined;
    /** The factor of the first coefficient of each block. */
    quantizer: number;
  }[];
  /** Units between two restart markers; 0 if there are none. */
  restartInterval: number;
  /** The first and the last coefficient of each block. */
  first: number;
  last: number;
  /** The lowest bit that an earlier scan had, and that this scan has; 0 and 0 for all bits. */
  high: number;
  low: number;
}

/** Max pixels of a progressive picture whose data is checked: the check needs up to three bytes for each. */
const MAX_PROGRESSIVE_PIXELS = 2 ** 26;

/** Reads the header of a picture (ITU-T T.81, §B.2.2). */
export function newFrame(content: Uint8Array, progressive: boolean): Frame {
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, count = 0] = content;
  const [width, height] = [(w1 << 8) | w0, (h1 << 8) | h0];
  const factors = Array.from({ length: count }, (_, index) => {
    const [id = 0, sampling = 0, quantizer = 0] = content.subarray(6 + 3 * index);
    return { id, across: sampling >> 4, down: sampling & 15, quantizer };
  });
  const valid = factors.every(({ across, down }) => across >= 1 && across <= 4 && down >= 1 && down <= 4);
  if (!valid || count < 1 || count > 4 || width === 0 || height === 0 || (precision !== 8 && precision !== 12)) {
    throw new DamagedPictureError("its header is wrong");
  }
  const most = { across: Math.max(...factors.map((f) => f.across)), down: Math.max(...factors.map((f) => f.down)) };
  const unitsAcross = Math.ceil(width / (8 * most.across));
  const unitsDown = Math.ceil(height / (8 * most.down));
  const remembered = progressive && width * height <= MAX_PROGRESSIVE_PIXELS;
  const components = factors.map(({ id, across, down, quantizer }) => ({
    ...{ id, across, down, quantizer },
    width: Math.ceil(Math.ceil((width * across) / most.across) / 8),
    height: Math.ceil(Math.ceil((height * down) / most.down) / 8),
    stride: unitsAcross * across,
    lowBits: new Int8Array(64).fill(-1),
    nonZero: new Uint8Array(remembered ? unitsAcross * across * unitsDown * down * 64 : 0),
  }));
  return { progressive, precision, components, unitsAcross, unitsDown };
}

/**
 * Reads the data of a scan and checks that it has exactly the scan's blocks.
 *
 * @returns the position of the next marker.
 * @throws DamagedPictureError
 */
export function readScan(bytes: Uint8Array, start: number, frame: Frame, scan: Scan): number {
  for (const { component } of scan.parts) component.lowBits.fill(scan.low, scan.first, scan.last + 1);
  const [only] = scan.parts;
  const unverifiable = frame.progressive && only?.component.nonZero.length === 0;
  if (unverifiable) return nextMarker(bytes, start);
  const reader = new ScanReader(bytes, start, frame, scan);
  if (scan.parts.length === 1 && only) {
    const { width, height } = only.component;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        reader.beforeUnit();
        reader.block(0, row, column);
      }
    }
  } else {
    for (let unitRow = 0; unitRow < frame.unitsDown; unitRow++) {
      for (let unitColumn = 0; unitColumn < frame.unitsAcross; unitColumn++) {
        reader.beforeUnit();
        for (const [part, { component }] of scan.parts.entries()) {
          for (let row = 0; row < component.down; row++) {
            for (let column = 0; column < component.across; column++) {
              reader.block(part, unitRow * component.down + row, unitColumn * component.across + column);
            }
          }
        }
      }
    }
  }
  return reader.end();
}

/** The position of the next marker other than a restart marker, or of the file's end. */
function nextMarker(bytes: Uint8Array, start: number): number {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return bytes.length;
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at++;
  }
}

class ScanReader {
  readonly #bytes: Uint8Array;
  readonly #bits: JpegBits;
  readonly #scan: Scan;
  readonly #progressive: boolean;
  /** The last first coefficient of each component, of which the next is the difference. */
  readonly #means: number[];
  /** The largest magnitude that a mean can have. */
  readonly #maxMeans: number[];
  #units = 0;
  #restarts = 0;
  /** Blocks that follow without further coefficients of this scan (ITU-T T.81, §G.1.2.2). */
  #emptyBlocks = 0;

  constructor(bytes: Uint8Array, start: number, { progressive, precision }: Frame, scan: Scan) {
    this.#bytes = bytes;
    this.#bits = new JpegBits(bytes, start);
    this.#scan = scan;
    this.#progressive = progressive;
    this.#means = scan.parts.map(() => 0);
    // Eight times the largest sample, and what rounding can add.
    this.#maxMeans = scan.parts.map(({ quantizer }) => (2 ** (precision + 2) + 16) / (quantizer << scan.low) + 1);
  }

  /** Reads the restart marker that may come before a unit. */
  beforeUnit(): void {
    const { restartInterval } = this.#scan;
    if (this.#bits.overrun) throw new DamagedPictureError("a part of its pixels is missing");
    if (restartInterval > 0 && this.#units > 0 && this.#units % restartInterval === 0) {
      const at = this.end();
      if (this.#bytes[at + 1] !== 0xd0 + (this.#restarts % 8)) {
        throw new DamagedPictureError(`a part of its pixels is missing before byte ${at}`);
      }
      this.#restarts++;
      this.#bits.restart(at + 2);
      this.#means.fill(0);
      this.#emptyBlocks = 0;
    }
    this.#units++;
  }

  /** @returns the position of the marker after the data. */
  end(): number {
    const bits = this.#bits;
    if (bits.overrun) throw new DamagedPictureError("a part of its pixels is missing");
    const bytes = this.#bytes;
    const from = bits.position - bits.unusedBytes;
    let at = from;
    while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1] !== 0)) at++;
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    // Some encoders fill up the data with equal bytes. Other data is left over if a fault made blocks disappear.
    const rest = bytes.subarray(from, at);
    if (rest.some((byte) => byte !== rest[0] && byte !== 0xff && byte !== 0)) {
      throw new DamagedPictureError(`its data is wrong before byte ${at}`);
    }
    return at;
  }

  block(part: number, row: number, column: number): void {
    const { dc, ac, component } = this.#scan.parts[part] as Scan["parts"][number];
    if (!this.#progressive) {
      this.#mean(part, dc);
      this.#coefficients(ac);
      return;
    }
    const { first, high } = this.#scan;
    if (first === 0) {
      if (high === 0) this.#mean(part, dc);
      else this.#bits.bits(1);
      return;
    }
    const at = (row * component.stride + column) * 64;
    if (high === 0) this.#firstCoefficients(table(ac), component.nonZero, at);
    else this.#refinedCoefficients(table(ac), component.nonZero, at);
  }

  #mean(part: number, codes: HuffmanTable | undefined): void {
    const size = this.#bits.code(table(codes));
    if (size === 0) return;
    const read = this.#bits.bits(Math.min(size, 16));
    const mean = (this.#means[part] ?? 0) + (read < 1 << (size - 1) ? read - (1 << size) + 1 : read);
    if (Math.abs(mean) > (this.#maxMeans[part] ?? 0)) {
      throw new DamagedPictureError(`its data is wrong near byte ${this.#bits.position}`);
    }
    this.#means[part] = mean;
  }

  /** The other coefficients of a block that has all of them. */
  #coefficients(codes: HuffmanTable | undefined): void {
    const ac = table(codes);
    const bits = this.#bits;
    for (let index = 1; index < 64; index++) {
      const code = bits.code(ac);
      const size = code & 15;
      if (size === 0) {
        if (code !== 0xf0) return;
        index += 15;
      } else {
        index += code >> 4;
        bits.bits(size);
      }
      if (index > 63) throw new DamagedPictureError(`its data is wrong near byte ${bits.position}`);
    }
  }

  #firstCoefficients(codes: HuffmanTable, nonZero: Uint8Array, block: number): void {
    if (this.#emptyBlocks > 0) {
      this.#emptyBlocks--;
      return;
    }
    const bits = this.#bits;
    const { last } = this.#scan;
    for (let index = this.#scan.first; index <= last; index++) {
      const code = bits.code(codes);
      const [run, size] = [code >> 4, code & 15];
      if (size === 0 && run < 15) {
        this.#emptyBlocks = (1 << run) - 1 + (run > 0 ? bits.bits(run) : 0);
        return;
      }
      index += run;
      if (index > last) throw new DamagedPictureError(`its data is wrong near byte ${bits.position}`);
      if (size > 0) {
        bits.bits(size);
        nonZero[block + index] = 1;
      }
    }
  }

  #refinedCoefficients(codes: HuffmanTable, nonZero: Uint8Array, block: number): void {
    const bits = this.#bits;
    const { last } = this.#scan;
    let index = this.#scan.first;
    while (this.#emptyBlocks === 0 && index <= last) {
      const code = bits.code(codes);
      const [run, size] = [code >> 4, code & 15];
      if (size === 0 && run < 15) {
        this.#emptyBlocks = (1 << run) + (run > 0 ? bits.bits(run) : 0);
        break;
      }
      if (size > 1) throw new DamagedPictureError(`its data is wrong near byte ${bits.position}`);
      if (size === 1) bits.bits(1);
      for (let zeros = run; index <= last; index++) {
        if (nonZero[block + index] === 1) bits.bits(1);
        else if (zeros-- === 0) break;
      }
      if (size === 1) {
        if (index > last) throw new DamagedPictureError(`its data is wrong near byte ${bits.position}`);
        nonZero[block + index] = 1;
      }
      index++;
    }
    if (this.#emptyBlocks > 0) {
      for (; index <= last; index++) if (nonZero[block + index] === 1) bits.bits(1);
      this.#emptyBlocks--;
    }
  }
}

function table(codes: HuffmanTable | undefined): HuffmanTable {
  if (!codes) throw new DamagedPictureError("a Huffman table is missing");
  return codes;
}
