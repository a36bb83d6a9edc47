import { DamagedPictureError } from "./picture-file-error.ts";

/** A Huffman table: for each 16 bits the length of the code with which they begin times 256, plus its value. */
export type HuffmanTable = Uint16Array;

/** Builds a table from the number of codes of each length, and their values (ITU-T T.81, annex C). */
export function huffmanTable(counts: Uint8Array, values: Uint8Array): HuffmanTable {
  const table = new Uint16Array(65_536);
  let next = 0;
  let index = 0;
  for (const [shorter, count] of counts.entries()) {
    const length = shorter + 1;
    const span = 1 << (16 - length);
    for (let code = 0; code < count; code++) {
      if (next + span > 65_536) throw new DamagedPictureError("a Huffman table is wrong");
      table.fill((length << 8) | (values[index++] ?? 0), next, next + span);
      next += span;
    }
  }
  return table;
}

/** Reads entropy-coded data bit by bit, up to the next marker (ITU-T T.81, §F.1.2.3). */
export class JpegBits {
  readonly #bytes: Uint8Array;
  #at: number;
  /** The next bits are the lowest `#count` bits of `#buffer`. */
  #buffer = 0;
  #count = 0;
  /** Bits in the buffer that are not in the file: zeros after the end of the data. */
  #missing = 0;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  /** Position of the first byte that was not read: the marker, once all data was read. */
  get position(): number {
    return this.#at;
  }

  /** True if more bits were read than the data has. */
  get overrun(): boolean {
    return this.#missing > this.#count;
  }

  /** Whole bytes in the buffer that were not used. */
  get unusedBytes(): number {
    return Math.max(0, (this.#count - this.#missing) >> 3);
  }

  /** Goes on after a restart marker. */
  restart(start: number): void {
    this.#at = start;
    this.#buffer = 0;
    this.#count = 0;
    this.#missing = 0;
  }

  /** Reads one Huffman code and returns its value. */
  code(table: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const entry = table[(this.#buffer >>> (this.#count - 16)) & 0xffff] as number;
    if (entry === 0) throw new DamagedPictureError(`its data is wrong near byte ${this.#at}`);
    this.#count -= entry >> 8;
    return entry & 0xff;
  }

  /** Reads up to 16 bits as a number. */
  bits(length: number): number {
    if (this.#count < length) this.#fill();
    this.#count -= length;
    return (this.#buffer >>> this.#count) & ((1 << length) - 1);
  }

  #fill(): void {
    const bytes = this.#bytes;
    while (this.#count <= 24) {
      let byte = bytes[this.#at];
      if (byte === 0xff) {
        if (bytes[this.#at + 1] === 0) this.#at += 2;
        else byte = undefined;
      } else if (byte !== undefined) this.#at++;
      if (byte === undefined) this.#missing += 8;
      this.#buffer = (this.#buffer << 8) | (byte ?? 0);
      this.#count += 8;
    }
  }
}
