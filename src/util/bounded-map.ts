/** A map with a max size. When it is full, it evicts the oldest entry. */
export class BoundedMap<T> {
  readonly #maxSize: number;
  readonly #entries = new Map<string, T>();

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** Sets an entry, and makes it the newest one. */
  set(name: string, entry: T): void {
    this.#entries.delete(name);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#maxSize && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(name, entry);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
