import { DurableObject } from "cloudflare:workers";
import { type Lease, LoadBoard } from "./load-board.ts";

/** Longer than any job is on an instance, with waiting in its queue; in milliseconds. */
const LEASE_LIFE = 30 * 60_000;

/**
 * Spreads jobs over instances of a renderer: there is one pool for the container's, and one for the
 * render servers reached over HTTP. A job costs it two short calls. It keeps nothing: what is lost with
 * it is only who has how much to do just now.
 */
export class RenderPool extends DurableObject {
  readonly #board = new LoadBoard(LEASE_LIFE);

  /** Takes a place on the one of `instances` instances with the fewest jobs. */
  async acquire(instances: number): Promise<Lease> {
    return this.#board.acquire(crypto.randomUUID(), instances, Date.now());
  }

  /** Gives a place back; `dead` when the instance did not answer. */
  async release(id: string, dead: boolean): Promise<void> {
    this.#board.release(id, dead, Date.now());
  }
}
