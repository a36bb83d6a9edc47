import { CatalogAudit, type ListedTask } from "../db/task-audit.ts";
import type { Env } from "../env.ts";
import { log, messageOf } from "../util/log.ts";
import { Findings, forEachParallel, type SweepResult } from "./sweep.ts";

/**
 * Compares rows of D1 with their TaskObjects. A TaskObject corrects its row and restores a lost alarm itself.
 * Rows of tasks that do not exist are deleted.
 *
 * @param readAt when the rows were read from D1, in Unix milliseconds.
 * @returns the number of findings, by name.
 */
export async function checkTasks(
  env: Env,
  rows: readonly ListedTask[],
  readAt: number,
): Promise<SweepResult<never>["findings"]> {
  const findings = new Findings();
  const audit = new CatalogAudit(env.DB);
  await forEachParallel(
    rows,
    async (row) => {
      const { stage, revision } = row;
      const found = await env.TASKS.getByName(row.id).audit({ row: { stage, revision }, readAt });
      if (found === "gone") {
        await audit.remove(row);
        findings.add("row_without_task");
        log("row_removed", { task_id: row.id, stage });
        return;
      }
      if (found.rewritten) findings.add("row_rewritten");
      if (found.woken) findings.add("alarm_lost");
    },
    (row, error) => {
      findings.add("failed");
      log("audit_failed", { task_id: row.id, stage: row.stage, message: messageOf(error) });
    },
  );
  return findings.counts;
}
