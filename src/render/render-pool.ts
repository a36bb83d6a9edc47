import { DurableObject } from "cloudflare:workers";
import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import { type Lease, LoadBoard } from "./load-board.ts";

/** Longer than any job is on an instance, with waiting in its queue; in milliseconds. */
const LEASE_LIFE = 30 * 60_000;

/**
 * Spreads jobs over the container's instances. There is one of it; a job costs it two short calls. It
 * keeps nothing: what is lost with it is only who has how much to do just now.
 */
export class RenderPool extends DurableObject<Env> {
  readonly #board = new LoadBoard(LEASE_LIFE);

  /** Takes a place on the instance with the fewest jobs. */
  async acquire(): Promise<Lease> {
    return this.#board.acquire(crypto.randomUUID(), readConfig(this.env).CONTAINER_INSTANCES, Date.now());
  }

  /** Gives a place back; `dead` when the instance did not answer. */
  async release(id: string, dead: boolean): Promise<void> {
    this.#board.release(id, dead, Date.now());
  }
}
