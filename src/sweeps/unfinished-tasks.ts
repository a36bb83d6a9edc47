import { z } from "zod";
import { CatalogAudit } from "../db/task-audit.ts";
import type { Position } from "../db/task-catalog.ts";
import { checkTasks } from "./check-tasks.ts";
import type { Sweep } from "./sweep.ts";

/** Younger tasks are not checked; their own alarm watches over them. */
const MIN_TASK_AGE_MS = 5 * 60_000;

/**
 * Asks each task that D1 shows as unfinished whether that is still true, oldest first. A task whose alarm was lost
 * (the platform drops an alarm after six failures) gets it back.
 */
export const unfinishedTasks: Sweep<Position> = {
  name: "unfinished_tasks",
  position: z.strictObject({ createdAt: z.number(), id: z.string() }),
  async run({ env, config, now }, position) {
    const before = now - Math.min(MIN_TASK_AGE_MS, config.SWEEP_GRACE_SECONDS * 1000);
    const rows = await new CatalogAudit(env.DB).unfinished(position, before, config.SWEEP_TASKS);
    const findings = await checkTasks(env, rows, now);
    const last = rows.length < config.SWEEP_TASKS ? undefined : rows.at(-1);
    const next = last ? { createdAt: last.createdAt, id: last.id } : null;
    return { position: next, more: next !== null, looked: rows.length, findings };
  },
};
