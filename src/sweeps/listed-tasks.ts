import { z } from "zod";
import { CatalogAudit } from "../db/task-audit.ts";
import { checkTasks } from "./check-tasks.ts";
import type { Sweep } from "./sweep.ts";

/** Compares every task in D1 with its TaskObject, some of them in each run. */
export const listedTasks: Sweep<string> = {
  name: "listed_tasks",
  position: z.string(),
  async run({ env, config, now }, position) {
    const rows = await new CatalogAudit(env.DB).all(position, config.SWEEP_TASKS);
    const findings = await checkTasks(env, rows, now);
    const next = rows.length < config.SWEEP_TASKS ? null : (rows.at(-1)?.id ?? null);
    return { position: next, more: next !== null, looked: rows.length, findings };
  },
};
