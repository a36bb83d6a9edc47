import { CatalogAudit } from "../db/task-audit.ts";
import { keys, taskOfPrefix } from "../storage/keys.ts";
import { log, messageOf } from "../util/log.ts";
import { type Findings, forEachParallel, objectSweep, pastGrace, type SweepContext } from "./sweep.ts";

/**
 * Deletes the objects of tasks that do not exist. R2 is listed by folder, one for each task. If a folder's task has
 * no row in D1, its TaskObject decides: if the task exists, it writes its row; otherwise its objects are deleted.
 */
export const taskObjects = objectSweep("task_objects", checkFolders);

async function checkFolders(context: SweepContext, after: string | null, findings: Findings) {
  const { env } = context;
  const readAt = Date.now();
  const page = await env.MEDIA.list({
    prefix: keys.tasks,
    delimiter: "/",
    limit: 1000,
    ...(after === null ? {} : { startAfter: after }),
  });
  const ids = page.delimitedPrefixes.flatMap((prefix) => taskOfPrefix(prefix) ?? []);
  findings.add("foreign_folder", page.delimitedPrefixes.length - ids.length);
  const listed = await new CatalogAudit(env.DB).known(ids);
  await forEachParallel(
    ids.filter((id) => !listed.has(id)),
    async (id) => {
      const found = await env.TASKS.getByName(id).audit({ row: null, readAt });
      if (found !== "gone") return findings.add("task_without_row", found.rewritten ? 1 : 0);
      const removed = await removeOldObjects(context, keys.task(id));
      findings.add("object_without_task", removed);
      if (removed > 0) log("orphans_removed", { task_id: id, objects: removed });
    },
    (id, error) => {
      findings.add("failed");
      log("sweep_task_failed", { task_id: id, message: messageOf(error) });
    },
  );
  const last = page.delimitedPrefixes.at(-1);
  // "0" is the character after "/", so the next page starts behind everything in the last folder.
  return { looked: page.delimitedPrefixes.length, next: page.truncated && last ? `${last.slice(0, -1)}0` : null };
}

/** Removes objects below a prefix that are older than the grace period. Returns how many it removed. */
async function removeOldObjects(context: SweepContext, prefix: string): Promise<number> {
  const { env } = context;
  let removed = 0;
  let cursor: string | undefined;
  do {
    const page = await env.MEDIA.list({ prefix, limit: 1000, ...(cursor ? { cursor } : {}) });
    const old = page.objects.filter((object) => pastGrace(context, object));
    if (old.length > 0) await env.MEDIA.delete(old.map(({ key }) => key));
    removed += old.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return removed;
}
