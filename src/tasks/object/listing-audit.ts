import type { Stage } from "../../api/task-state.ts";

/** What D1 was found to show of a task. */
export interface ListedState {
  /** Null where it shows nothing. */
  row: { stage: string; revision: number } | null;
  /** When D1 was asked, in Unix milliseconds. */
  readAt: number;
}

/** What a look at a task came to: whether its row is written anew, and whether its alarm was lost. */
export type Audit = "gone" | { rewritten: boolean; woken: boolean };

/**
 * Whether D1 shows a task as the task has it. `behind`: D1 lost a write that it once confirmed.
 * `contradicts`: D1 shows what the task never was by its own account, as when one of the two was
 * restored from a backup. A write that is still to come is no fault: the outbox has it.
 */
export function compareListing(
  record: { stage: Stage; revision: number; listedRevision: number; listedAt: number },
  { row, readAt }: ListedState,
): "agrees" | "behind" | "contradicts" {
  const shown = row?.revision ?? 0;
  if (row && (shown > record.revision || (shown === record.revision && row.stage !== record.stage))) {
    return "contradicts";
  }
  // A write that was confirmed after D1 was asked says nothing of what D1 had before.
  return record.listedRevision > shown && record.listedAt < readAt ? "behind" : "agrees";
}
