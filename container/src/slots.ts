import { busy } from "./failure.ts";

/** A place in the server; give it back exactly when nothing of the request is left. */
export interface Admission {
  /**
   * Waits for one of the slots, first come first served among those of its rank.
   *
   * @returns gives the slot back; calling it again does nothing.
   * @throws the signal's reason when it aborts while waiting.
   */
  slot(signal: AbortSignal): Promise<() => void>;
  /** Gives the place back; calling it again does nothing. */
  leave(): void;
}

/** Among those that wait, each of the first rank goes before any of the second. */
export type Rank = "first" | "second";

/** Bounds how many requests there are at once (waiting, running, or sending their result) and how many run. */
export class Slots {
  readonly count: number;
  readonly #places: number;
  readonly #waiting = { first: new Set<() => void>(), second: new Set<() => void>() };
  #admitted = 0;
  #running = 0;

  /**
   * @param count how many run at once.
   * @param queue how many more there may be.
   */
  constructor(count: number, queue: number) {
    this.count = count;
    this.#places = count + queue;
  }

  /** Requests that hold a slot. */
  get running(): number {
    return this.#running;
  }

  /** Requests that wait for a slot. */
  get queued(): number {
    return this.#waiting.first.size + this.#waiting.second.size;
  }

  /** @throws FailureError `busy` when there is no place. */
  admit(rank: Rank = "second"): Admission {
    if (this.#admitted >= this.#places) throw busy("every slot and every place in the queue is taken");
    this.#admitted++;
    return {
      slot: (signal) => this.#slot(rank, signal),
      leave: once(() => {
        this.#admitted--;
      }),
    };
  }

  async #slot(rank: Rank, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#running >= this.count) {
      // The slot is handed over without becoming free in between, so nobody overtakes.
      await new Promise<void>((resolve, reject) => {
        const abort = () => {
          this.#waiting[rank].delete(take);
          reject(signal.reason);
        };
        const take = () => {
          signal.removeEventListener("abort", abort);
          resolve();
        };
        this.#waiting[rank].add(take);
        signal.addEventListener("abort", abort, { once: true });
      });
    } else {
      this.#running++;
    }
    return once(() => {
      const { first, second } = this.#waiting;
      const from = first.size > 0 ? first : second;
      const [next] = from;
      if (next) {
        from.delete(next);
        next();
      } else {
        this.#running--;
      }
    });
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
