import { isFinal } from "../../api/task-state.ts";
import type { Counts } from "../../db/schema.ts";
import type { Admission, TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { log, messageOf } from "../../util/log.ts";
import { LISTING_INTERVAL_MS, STORAGE_RETRY_MS } from "../retry.ts";
import type { TaskRecord } from "./task-record.ts";

/** A task whose row is to be kept up to date. */
export interface Listed {
  /** The record as it is now; null where there is none any more. */
  live(): TaskRecord | null;
  summary(record: TaskRecord): TaskSummary;
  /** Is told which revision D1 shows, and since when. */
  noteListed(revision: number, time: number): void;
}

/** What became of a new task's row. `full`: its owner has no room for it. `unavailable`: D1 did not say. */
export type Entry = "listed" | "full" | "unavailable";

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
      if (!urgent && Date.now() - record.listedAt < LISTING_INTERVAL_MS) return;
      try {
        await this.#catalog.put(task.summary(record), record.revision, record.owner, record.counts);
        task.noteListed(record.revision, Date.now());
      } catch (error) {
        this.#pausedUntil = Date.now() + STORAGE_RETRY_MS;
        log("listing_failed", { task_id: record.id, message: messageOf(error) });
      }
    });
    await this.#writes;
  }

  /**
   * Writes the row of a task that is to be made, if there is room for it. Where D1 does not say whether
   * it did, the row is taken back, so that no task is listed that nobody knows; one that cannot be taken
   * back now is found by the sweeps.
   *
   * @param unmade whether the task is not made yet: another request for it may have been first.
   */
  async enter(
    record: TaskRecord,
    summary: TaskSummary,
    admission: Admission & { quota: number },
    unmade: () => boolean,
  ): Promise<Entry> {
    const entered = this.#writes.then(async (): Promise<Entry> => {
      try {
        return (await this.#catalog.admit(summary, record.revision, admission, record.counts)) ? "listed" : "full";
      } catch (error) {
        log("admission_failed", { task_id: record.id, message: messageOf(error) });
        if (unmade()) {
          await this.#catalog
            .remove(record.id, record.counts)
            .catch((reason: unknown) => log("delete_failed", { task_id: record.id, message: messageOf(reason) }));
        }
        return "unavailable";
      }
    });
    this.#writes = entered.then(() => undefined);
    return entered;
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
    return Math.max(this.#pausedUntil, record.listedAt + LISTING_INTERVAL_MS);
  }
}
