import type { Stage } from "../../api/task-state.ts";

/** The row of a task as a sweep found it in D1. */
export interface ListedState {
  /** Null if there is no row. */
  row: { stage: string; revision: number } | null;
  /** When D1 was read, in Unix milliseconds. */
  readAt: number;
}

/** The result of auditing a task: whether its row is rewritten, and whether its alarm was lost. */
export type Audit = "gone" | { rewritten: boolean; woken: boolean };

/**
 * Compares a task's row in D1 with its record. `behind`: D1 lost a write that it had confirmed. `contradicts`: D1
 * shows a revision that the task never had, as after one of the two was restored from a backup. A write that the
 * outbox still has to make is not a difference.
 */
export function compareListing(
  record: { stage: Stage; revision: number; listedRevision: number; listedAt: number },
  { row, readAt }: ListedState,
): "agrees" | "behind" | "contradicts" {
  const shown = row?.revision ?? 0;
  if (row && (shown > record.revision || (shown === record.revision && row.stage !== record.stage))) {
    return "contradicts";
  }
  // A write that was confirmed after D1 was read says nothing about what D1 had before.
  return record.listedRevision > shown && record.listedAt < readAt ? "behind" : "agrees";
}
