import type { TaskObject } from "./task-object.ts";

/** Most tasks remembered by one isolate. */
const MOST = 2_000;

/**
 * What this isolate was told of tasks that exist, so that the object of a much watched one is asked
 * once in a lease and not for every range. See {@link TaskObject.lease} for why a delete still holds at once.
 */
export class TaskLeases {
  /** When each task's lease ends, oldest first. */
  readonly #ends = new Map<string, number>();

  /** Whether the task exists, asked anew when the lease is over. */
  async alive(tasks: DurableObjectNamespace<TaskObject>, taskId: string): Promise<boolean> {
    const asked = Date.now();
    if ((this.#ends.get(taskId) ?? 0) > asked) return true;
    this.#ends.delete(taskId);
    const length = await tasks.getByName(taskId).lease();
    if (length === null) return false;
    if (this.#ends.size >= MOST) {
      const oldest = this.#ends.keys().next();
      if (!oldest.done) this.#ends.delete(oldest.value);
    }
    // From when it was asked: the object counts from when it answered, which is later.
    this.#ends.set(taskId, asked + length);
    return true;
  }
}
