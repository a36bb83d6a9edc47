/** A job's place on one instance. */
export interface Lease {
  id: string;
  /** From 0. */
  instance: number;
}

/** How long an instance that did not answer gets no new jobs while others do, in milliseconds. */
const COOL_DOWN = 15_000;

/**
 * Who does how much: jobs go to the instance with the fewest, among equals to the first, so that the
 * others may sleep. A lease that is not given back runs out. Times in Unix milliseconds.
 */
export class LoadBoard {
  readonly #leases = new Map<string, { instance: number; expires: number }>();
  readonly #cooling = new Map<number, number>();
  readonly #life: number;

  /** @param life of a lease, in milliseconds: longer than any job. */
  constructor(life: number) {
    this.#life = life;
  }

  /** Takes a place on one of `instances` instances. */
  acquire(id: string, instances: number, now: number): Lease {
    for (const [key, { expires }] of this.#leases) if (expires <= now) this.#leases.delete(key);
    const loads = Array.from({ length: instances }, () => 0);
    for (const { instance } of this.#leases.values()) {
      if (instance < instances) loads[instance] = (loads[instance] ?? 0) + 1;
    }
    const answering = loads.flatMap((_, instance) => ((this.#cooling.get(instance) ?? 0) > now ? [] : [instance]));
    const eligible = answering.length > 0 ? answering : loads.map((_, instance) => instance);
    const instance = eligible.reduce((best, next) => ((loads[next] ?? 0) < (loads[best] ?? 0) ? next : best));
    this.#leases.set(id, { instance, expires: now + this.#life });
    return { id, instance };
  }

  /** Gives a place back; `dead` when its instance did not answer. */
  release(id: string, dead: boolean, now: number): void {
    const lease = this.#leases.get(id);
    if (!lease) return;
    this.#leases.delete(id);
    if (dead) this.#cooling.set(lease.instance, now + COOL_DOWN);
    else this.#cooling.delete(lease.instance);
  }
}
