/** How long a Worker may serve a task's cached files without asking again whether the task exists, in milliseconds. */
const GRANT_MS = 2_000;
/** A Worker's clock stands still while it computes, so it may believe in its grant this much longer, in milliseconds. */
const CLOCK_MARGIN_MS = 250;

/** The times for which Workers may serve a task's files from caches, in the memory of the TaskObject. */
export class PresenceGrants {
  #endsAt = 0;

  /** Gives a grant. Returns for how many milliseconds it is valid, counted from the question. */
  give(): number {
    this.#endsAt = Date.now() + GRANT_MS + CLOCK_MARGIN_MS;
    return GRANT_MS;
  }

  /** Resolves when every grant has run out. */
  async over(): Promise<void> {
    const left = this.#endsAt - Date.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
  }
}
