/** Callers that wait for a task to change. They are in the TaskObject's memory: if it restarts, they have to ask again. */
export class Watchers {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next change, or after the given number of milliseconds. */
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

  /** Wakes all waiting callers. */
  notify(): void {
    for (const end of this.#waiting) end();
  }
}
