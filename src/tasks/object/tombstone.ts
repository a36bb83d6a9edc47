import { deletePrefix } from "../../storage/delete-objects.ts";
import { keys } from "../../storage/keys.ts";
import { log, messageOf } from "../../util/log.ts";
import { STORAGE_RETRY_MS } from "../retry.ts";
import type { ListingOutbox } from "./listing-outbox.ts";
import type { TaskRecord } from "./task-record.ts";

/** How long a deleted task is remembered, in milliseconds: longer than any of its jobs can run. */
const TOMBSTONE_LIFE_MS = 24 * 3600_000;
/** How long after a delete to look again for objects that late runs have written, in milliseconds. */
const LATE_CLEANUPS_MS = [60_000, 20 * 60_000, TOMBSTONE_LIFE_MS];

/**
 * Removes what a deleted task left in D1 and R2. It has to be called again at the returned time: for what could
 * not be removed, and for objects that late runs write.
 *
 * @param deletedAt Unix milliseconds.
 * @returns when to call again, in Unix milliseconds; null if the task can be forgotten.
 */
export async function bury(
  { id, counts }: Pick<TaskRecord, "id" | "counts">,
  deletedAt: number,
  listing: ListingOutbox,
  media: R2Bucket,
): Promise<number | null> {
  const done = await Promise.allSettled([listing.remove(id, counts), deletePrefix(media, keys.task(id))]);
  const failures = done.filter((result) => result.status === "rejected");
  for (const failure of failures) log("delete_failed", { task_id: id, message: messageOf(failure.reason) });
  if (failures.length > 0) return Date.now() + STORAGE_RETRY_MS;
  const age = Date.now() - deletedAt;
  const next = LATE_CLEANUPS_MS.find((delay) => delay > age);
  return next === undefined ? null : deletedAt + next;
}
