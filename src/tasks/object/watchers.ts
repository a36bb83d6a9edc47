/**
 * The callers that wait for a task to change, in the memory of its object: one that ends takes their
 * calls with it, and they ask again.
 */
export class Watchers {
  readonly #waiting = new Set<() => void>();

  /** Ends at the next change, or after so many milliseconds. */
  async next(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#waiting.add(end);
    });
  }

  /** Tells everyone who waits that the task has changed. */
  notify(): void {
    for (const end of this.#waiting) end();
  }
}
