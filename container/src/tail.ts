/** Keeps the last bytes of an output without end. */
export class Tail {
  readonly #size: number;
  #kept = Buffer.alloc(0);

  /** @param size bytes kept. */
  constructor(size: number) {
    this.#size = size;
  }

  add(chunk: Buffer): void {
    // Twice the size, so that not every small chunk copies the whole.
    const joined = Buffer.concat([this.#kept, chunk.subarray(-this.#size)]);
    this.#kept = joined.byteLength > 2 * this.#size ? joined.subarray(-this.#size) : joined;
  }

  /** What is kept, as text. */
  toString(): string {
    return this.#kept.subarray(-this.#size).toString("utf8");
  }
}
