import { Recent } from "../util/bounded-map.ts";
import type { TaskObject } from "./object/task-object.ts";

/** Most tasks remembered by one isolate. */
const MOST = 2_000;

/** What a task's object said. */
interface Word {
  owner: string;
  /** When the lease ends. */
  end: number;
}

/**
 * What this isolate was told of tasks that exist, so that the object of a much watched one is asked
 * once in a lease and not for every range. See {@link TaskObject.lease} for why a delete still holds at once.
 */
export class TaskLeases {
  readonly #words = new Recent<Word>(MOST);

  /** Whether the task exists, asked anew when the lease is over. */
  async alive(tasks: DurableObjectNamespace<TaskObject>, taskId: string): Promise<boolean> {
    const known = this.#words.get(taskId);
    return (known && known.end > Date.now() ? known : await this.#ask(tasks, taskId)) !== null;
  }

  /** Whether the task is this owner's: asked once, since a task never changes hands. It may be gone since. */
  async isOwnedBy(tasks: DurableObjectNamespace<TaskObject>, taskId: string, owner: string): Promise<boolean> {
    const word = this.#words.get(taskId) ?? (await this.#ask(tasks, taskId));
    return word?.owner === owner;
  }

  async #ask(tasks: DurableObjectNamespace<TaskObject>, taskId: string): Promise<Word | null> {
    const asked = Date.now();
    const lease = await tasks.getByName(taskId).lease();
    this.#words.delete(taskId);
    if (lease === null) return null;
    // From when it was asked: the object counts from when it answered, which is later.
    const word = { owner: lease.owner, end: asked + lease.milliseconds };
    this.#words.set(taskId, word);
    return word;
  }
}
