/** Keeps the last bytes of an output of any length. */
export class OutputTail {
  readonly #size: number;
  #kept = Buffer.alloc(0);

  /** @param size number of bytes to keep. */
  constructor(size: number) {
    this.#size = size;
  }

  add(chunk: Buffer): void {
    // Keep up to twice the size, so that not every small chunk causes a copy of everything.
    const joined = Buffer.concat([this.#kept, chunk.subarray(-this.#size)]);
    this.#kept = joined.byteLength > 2 * this.#size ? joined.subarray(-this.#size) : joined;
  }

  /** The last bytes as text. */
  toString(): string {
    return this.#kept.subarray(-this.#size).toString("utf8");
  }
}
