import { DurableObject } from "cloudflare:workers";
import { InstanceLoads, type Reservation } from "./instance-loads.ts";

/** How long a reservation lasts: longer than any job stays on an instance, including its time in the queue. */
const RESERVATION_LIFE_MS = 30 * 60_000;

/**
 * Spreads jobs over the instances of a renderer. There is one pool for the container's instances and one for the
 * render servers reached over HTTP. A job costs it two short calls. It stores nothing: if it restarts, only the
 * current loads are lost.
 */
export class RenderPool extends DurableObject {
  readonly #loads = new InstanceLoads(RESERVATION_LIFE_MS);

  /** Reserves a place on the least loaded of `instances` instances. */
  async reserve(instances: number): Promise<Reservation> {
    return this.#loads.reserve(crypto.randomUUID(), instances, Date.now());
  }

  /** Releases a reservation; `dead` if its instance did not answer. */
  async release(id: string, dead: boolean): Promise<void> {
    this.#loads.release(id, dead, Date.now());
  }
}
