/** What was learnt of a number of things, with the one learnt first forgotten where there are too many. */
export class Recent<T> {
  readonly #most: number;
  readonly #entries = new Map<string, T>();

  /** @param most entries that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** Keeps an entry, as the one learnt last. */
  set(name: string, entry: T): void {
    this.#entries.delete(name);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#most && !oldest.done) this.#entries.delete(oldest.value);
    this.#entries.set(name, entry);
  }

  delete(name: string): void {
    this.#entries.delete(name);
  }
}
