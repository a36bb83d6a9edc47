/** A reserved place for one job on one instance of a renderer. */
export interface Reservation {
  id: string;
  /** The number of the instance, from 0. */
  instance: number;
}

/** How long an instance that did not answer gets no new jobs, unless no other instance answers. */
const COOL_DOWN_MS = 15_000;

/**
 * How many jobs each instance of a renderer has. A job goes to the instance with the fewest jobs, and among equals
 * to the first one, so that the others may go to sleep. Reservations that are never released expire. Times in
 * Unix milliseconds.
 */
export class InstanceLoads {
  readonly #reservations = new Map<string, { instance: number; expires: number }>();
  readonly #coolingUntil = new Map<number, number>();
  readonly #lifeMs: number;

  /** @param lifeMs how long a reservation lasts. Must be longer than any job. */
  constructor(lifeMs: number) {
    this.#lifeMs = lifeMs;
  }

  /** Reserves a place on one of `instances` instances. */
  reserve(id: string, instances: number, now: number): Reservation {
    for (const [key, { expires }] of this.#reservations) if (expires <= now) this.#reservations.delete(key);
    const loads = Array.from({ length: instances }, () => 0);
    for (const { instance } of this.#reservations.values()) {
      if (instance < instances) loads[instance] = (loads[instance] ?? 0) + 1;
    }
    const answering = loads.flatMap((_, instance) => ((this.#coolingUntil.get(instance) ?? 0) > now ? [] : [instance]));
    const eligible = answering.length > 0 ? answering : loads.map((_, instance) => instance);
    const instance = eligible.reduce((best, next) => ((loads[next] ?? 0) < (loads[best] ?? 0) ? next : best));
    this.#reservations.set(id, { instance, expires: now + this.#lifeMs });
    return { id, instance };
  }

  /** Releases a reservation; `dead` if its instance did not answer. */
  release(id: string, dead: boolean, now: number): void {
    const reservation = this.#reservations.get(id);
    if (!reservation) return;
    this.#reservations.delete(id);
    if (dead) this.#coolingUntil.set(reservation.instance, now + COOL_DOWN_MS);
    else this.#coolingUntil.delete(reservation.instance);
  }
}
