/** How long a Worker may serve cached files on the word that their task exists, in milliseconds. */
const LENGTH = 2_000;
/** A Worker's clock stands still while it computes: this much later it may still believe in its lease. */
const MARGIN = 250;

/** The leases on which Workers serve a task's files from caches, in the memory of the task's object. */
export class ServeLeases {
  #endsAt = 0;

  /** Gives one, and returns for how many milliseconds from when it was asked for. */
  give(): number {
    this.#endsAt = Date.now() + LENGTH + MARGIN;
    return LENGTH;
  }

  /** Returns when every one that was given is over. */
  async over(): Promise<void> {
    const left = this.#endsAt - Date.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
}
