import { BoundedMap } from "../util/bounded-map.ts";
import type { TaskBindings } from "./bindings.ts";

/** Max tasks that one isolate remembers. */
const MAX_REMEMBERED_TASKS = 2_000;

/** What a TaskObject confirmed. */
interface Confirmation {
  owner: string;
  /** Until when the task is known to exist, in Unix milliseconds. */
  validUntil: number;
}

/**
 * Which tasks are known to exist, remembered by this isolate, so that the TaskObject of a task with many viewers
 * is asked every two seconds and not for every range. A delete still takes effect at once: see TaskObject.confirm.
 */
export class TaskPresence {
  readonly #confirmations = new BoundedMap<Confirmation>(MAX_REMEMBERED_TASKS);

  /** Whether the task exists. Asks its TaskObject when the last confirmation has run out. */
  async exists({ TASKS }: TaskBindings, taskId: string): Promise<boolean> {
    const known = this.#confirmations.get(taskId);
    return (known && known.validUntil > Date.now() ? known : await this.#ask(TASKS, taskId)) !== null;
  }

  /** Whether the task belongs to this owner. A task never changes its owner, so this is asked once; the task may be deleted by now. */
  async isOwnedBy({ TASKS }: TaskBindings, taskId: string, owner: string): Promise<boolean> {
    const confirmation = this.#confirmations.get(taskId) ?? (await this.#ask(TASKS, taskId));
    return confirmation?.owner === owner;
  }

  async #ask(tasks: TaskBindings["TASKS"], taskId: string): Promise<Confirmation | null> {
    const asked = Date.now();
    const confirmed = await tasks.getByName(taskId).confirm();
    this.#confirmations.delete(taskId);
    if (confirmed === null) return null;
    // Counted from the question: the TaskObject counts from its answer, which is later.
    const confirmation = { owner: confirmed.owner, validUntil: asked + confirmed.validMilliseconds };
    this.#confirmations.set(taskId, confirmation);
    return confirmation;
  }
}
