import { busy } from "./failure.ts";

/** An admitted request. Call `leave` when its response is sent or it failed. */
export interface Admission {
  /**
   * Waits for a slot. Requests of the same rank are served in the order of their arrival.
   *
   * @returns a function that releases the slot. Calling it again has no effect.
   * @throws the signal's reason if the signal aborts during the wait.
   */
  slot(signal: AbortSignal): Promise<() => void>;
  /** Ends the admission. Calling it again has no effect. */
  leave(): void;
}

/** Waiting requests of rank `first` get slots before those of rank `second`. */
export type Rank = "first" | "second";

/** Limits how many requests run at once, and how many are in the server: waiting, running, or sending their result. */
export class Slots {
  readonly count: number;
  readonly #places: number;
  readonly #waiting = { first: new Set<() => void>(), second: new Set<() => void>() };
  #admitted = 0;
  #running = 0;

  /**
   * @param count max requests that run at once.
   * @param queue max other requests: waiting, or sending their result.
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

  /** @throws FailureError `busy` if all slots and the queue are full. */
  admit(rank: Rank = "second"): Admission {
    if (this.#admitted >= this.#places) throw busy("all slots and the queue are full");
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
      // A released slot goes directly to the next waiting request, so a new request cannot overtake it.
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
