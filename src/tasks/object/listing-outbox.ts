import { isFinal } from "../../api/task-state.ts";
import type { Counts } from "../../db/schema.ts";
import type { Admission, TaskCatalog } from "../../db/task-catalog.ts";
import type { TaskSummary } from "../../db/task-summary.ts";
import { log, messageOf } from "../../util/log.ts";
import { LISTING_INTERVAL_MS, STORAGE_RETRY_MS } from "../retry.ts";
import type { TaskRecord } from "./task-record.ts";

/** A task whose row in D1 is kept up to date. */
export interface Listed {
  /** The current record; null if the task was deleted. */
  live(): TaskRecord | null;
  summary(record: TaskRecord): TaskSummary;
  /** Is called with the revision that D1 has now, and the time in Unix milliseconds. */
  noteListed(revision: number, time: number): void;
}

/** The result of adding a new task's row. `full`: the owner's quota is used up. `unavailable`: D1 did not answer. */
export type Entry = "listed" | "full" | "unavailable";

/** Keeps a task's row in D1 up to date: one write at a time, and a failed write again after a while. */
export class ListingOutbox {
  readonly #catalog: TaskCatalog;
  /** All writes in order, so that a delete is always the last. */
  #writes: Promise<void> = Promise.resolve();
  /** When a failed write may be repeated, in Unix milliseconds. */
  #pausedUntil = 0;

  constructor(catalog: TaskCatalog) {
    this.#catalog = catalog;
  }

  /** Writes the row, unless it is up to date, or only progress changed and it was written just now. */
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
   * Adds the row of a task that is about to be created, if the owner's quota allows it. If D1 does not say whether
   * it added the row, the row is removed again, so that no task is listed that does not exist. A sweep finds a row
   * that could not be removed.
   *
   * @param isUncreated true while the task does not exist; another request may have created it in the meantime.
   */
  async enter(
    record: TaskRecord,
    summary: TaskSummary,
    admission: Admission & { quota: number },
    isUncreated: () => boolean,
  ): Promise<Entry> {
    const entered = this.#writes.then(async (): Promise<Entry> => {
      try {
        return (await this.#catalog.admit(summary, record.revision, admission, record.counts)) ? "listed" : "full";
      } catch (error) {
        log("admission_failed", { task_id: record.id, message: messageOf(error) });
        if (isUncreated()) {
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
   * Removes the row, after the writes before.
   *
   * @param counts the task's final counts, which D1 adds to its sums.
   * @throws errors of D1.
   */
  async remove(id: string, counts: Counts): Promise<void> {
    const removed = this.#writes.then(() => this.#catalog.remove(id, counts));
    this.#writes = removed.catch(() => undefined);
    await removed;
  }

  /** When the row has to be written next, in Unix milliseconds; null if it is up to date. */
  dueAt(record: TaskRecord): number | null {
    if (record.listedRevision >= record.revision) return null;
    return Math.max(this.#pausedUntil, record.listedAt + LISTING_INTERVAL_MS);
  }
}
