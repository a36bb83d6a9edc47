import { log, messageOf } from "../log.ts";
import type { Counts } from "../metrics/definitions.ts";
import type { TaskCatalog } from "./catalog.ts";
import { isFinal } from "./state.ts";
import type { TaskSummary } from "./summary.ts";
import type { TaskRecord } from "./task-store.ts";

/** Least time between two writes of a task's progress to D1, in milliseconds. */
const LISTING_INTERVAL = 1_000;
/** How long a failed write to D1 waits before it is tried again. */
export const LISTING_RETRY = 5_000;

/** A task whose row is to be kept up to date. */
export interface Listed {
  /** The record as it is now; null where there is none any more. */
  live(): TaskRecord | null;
  summary(record: TaskRecord): TaskSummary;
  /** Is told which revision D1 shows, and since when. */
  noteListed(revision: number, time: number): void;
}

/** Keeps a task's row in D1 up to date: one write after the other, again after a while where one failed. */
export class ListingOutbox {
  readonly #catalog: TaskCatalog;
  /** The writes, in their order, so that a delete cannot be overtaken. */
  #writes: Promise<void> = Promise.resolve();
  /** Not before this is a failed write tried again. */
  #pausedUntil = 0;

  constructor(catalog: TaskCatalog) {
    this.#catalog = catalog;
  }

  /** Writes the row, unless it is up to date or, while only progress changes, was written just now. */
  async put(task: Listed): Promise<void> {
    this.#writes = this.#writes.then(async () => {
      const record = task.live();
      if (!record || record.listedRevision >= record.revision) return;
      const urgent = isFinal(record.stage) || record.listedRevision === 0;
      if (Date.now() < this.#pausedUntil) return;
      if (!urgent && Date.now() - record.listedAt < LISTING_INTERVAL) return;
      try {
        await this.#catalog.put(task.summary(record), record.revision, record.owner, record.counts);
        task.noteListed(record.revision, Date.now());
      } catch (error) {
        this.#pausedUntil = Date.now() + LISTING_RETRY;
        log("listing_failed", { task_id: record.id, message: messageOf(error) });
      }
    });
    await this.#writes;
  }

  /**
   * Removes the row, after whatever is being written.
   *
   * @param counts what happened to the task, for what D1 sums up of it.
   * @throws what D1 throws.
   */
  async remove(id: string, counts: Counts): Promise<void> {
    const removed = this.#writes.then(() => this.#catalog.remove(id, counts));
    this.#writes = removed.catch(() => undefined);
    await removed;
  }

  /** When the row is next to be written, or null where it is up to date. */
  dueAt(record: TaskRecord): number | null {
    if (record.listedRevision >= record.revision) return null;
    return Math.max(this.#pausedUntil, record.listedAt + LISTING_INTERVAL);
  }
}
