/** The first allocation of a buffer: a small file does not need the memory of a whole part. In bytes. */
const MIN_ALLOCATION = 65_536;

/** Collects bytes until they fill one part of a multipart upload. Its memory is used again for the next part. */
export class PartBuffer {
  readonly #size: number;
  #bytes = new Uint8Array(0);
  #filled = 0;

  /** @param size bytes of a part. */
  constructor(size: number) {
    this.#size = size;
  }

  get filled(): number {
    return this.#filled;
  }

  get full(): boolean {
    return this.#filled === this.#size;
  }

  /** Takes as many bytes as fit, and returns the rest. */
  take(chunk: Uint8Array): Uint8Array {
    const taken = chunk.subarray(0, this.#size - this.#filled);
    this.#reserve(this.#filled + taken.byteLength);
    this.#bytes.set(taken, this.#filled);
    this.#filled += taken.byteLength;
    return chunk.subarray(taken.byteLength);
  }

  /** Leaves room at the start, for bytes that {@link fillGap} sets later. Only while the buffer is empty. */
  leaveGap(size: number): void {
    this.#reserve(size);
    this.#filled = size;
  }

  /** Sets bytes in the gap. */
  fillGap(bytes: Uint8Array, at: number): void {
    this.#bytes.set(bytes, at);
  }

  /** The collected bytes from an offset. Valid until the next call of `take` or `clear`. */
  bytes(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#filled);
  }

  clear(): void {
    this.#filled = 0;
  }

  /** Grows the memory by doubling it. */
  #reserve(needed: number): void {
    if (needed <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.min(this.#size, Math.max(needed, this.#bytes.byteLength * 2, MIN_ALLOCATION)));
    grown.set(this.#bytes.subarray(0, this.#filled));
    this.#bytes = grown;
  }
}
