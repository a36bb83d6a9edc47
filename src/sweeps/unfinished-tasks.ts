import { z } from "zod";
import { CatalogAudit } from "../db/task-audit.ts";
import type { Position } from "../db/task-catalog.ts";
import { checkTasks } from "./check-task.ts";
import type { Sweep } from "./sweep.ts";

/** A task that is younger is left to its own watchdog, in milliseconds. */
const YOUNG = 5 * 60_000;

/**
 * Tasks that D1 shows as not ended: each is asked whether that is so, and one whose alarm was lost
 * (the platform drops it after six failures) gets it again. Oldest first, in every run.
 */
export const unfinishedTasks: Sweep<Position> = {
  name: "unfinished_tasks",
  position: z.strictObject({ createdAt: z.number(), id: z.string() }),
  async run({ env, config, now }, position) {
    const before = now - Math.min(YOUNG, config.SWEEP_GRACE_SECONDS * 1000);
    const rows = await new CatalogAudit(env.DB).unfinished(position, before, config.SWEEP_TASKS);
    const findings = await checkTasks(env, rows, now);
    const last = rows.length < config.SWEEP_TASKS ? undefined : rows.at(-1);
    const next = last ? { createdAt: last.createdAt, id: last.id } : null;
    return { position: next, more: next !== null, looked: rows.length, findings };
  },
};
