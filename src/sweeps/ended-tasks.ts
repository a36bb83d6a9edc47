import { z } from "zod";
import { CatalogAudit, type EndedPosition } from "../db/task-audit.ts";
import { log, messageOf } from "../util/log.ts";
import { Findings, forEachParallel, type Sweep } from "./sweep.ts";

const DAY_MS = 24 * 3600_000;

/**
 * Deletes tasks that ended more than `RETENTION_DAYS` days ago. The TaskObject deletes itself, and does not if the
 * task was retried meanwhile.
 */
export const endedTasks: Sweep<EndedPosition> = {
  name: "ended_tasks",
  position: z.strictObject({ endedAt: z.string(), id: z.string() }),
  async run({ env, config, now }, position) {
    const findings = new Findings();
    if (config.RETENTION_DAYS === 0) return { position: null, more: false, looked: 0, findings: findings.counts };
    const limit = now - config.RETENTION_DAYS * DAY_MS;
    const audit = new CatalogAudit(env.DB);
    const rows = await audit.ended(position, new Date(limit).toISOString(), config.SWEEP_TASKS);
    await forEachParallel(
      rows,
      async (row) => {
        const outcome = await env.TASKS.getByName(row.id).expire(limit);
        if (outcome === "removed") findings.add("expired");
        if (outcome !== "gone") return;
        await audit.remove(row);
        findings.add("row_without_task");
      },
      (row, error) => {
        findings.add("failed");
        log("expire_failed", { task_id: row.id, message: messageOf(error) });
      },
    );
    const last = rows.length < config.SWEEP_TASKS ? undefined : rows.at(-1);
    const next = last ? { endedAt: last.endedAt, id: last.id } : null;
    return { position: next, more: next !== null, looked: rows.length, findings: findings.counts };
  },
};
