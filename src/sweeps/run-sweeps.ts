import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readConfig } from "../config/config.ts";
import { counters, sweeps as positions } from "../db/schema.ts";
import type { Env } from "../env.ts";
import { writeDataPoint } from "../metrics/count.ts";
import { seriesKey } from "../metrics/definitions.ts";
import { log, messageOf } from "../util/log.ts";
import { withTimeout } from "../util/timeout.ts";
import { endedTasks } from "./ended-tasks.ts";
import { listedTasks } from "./listed-tasks.ts";
import { replacedUploads } from "./replaced-uploads.ts";
import type { Sweep, SweepContext, SweepResult } from "./sweep.ts";
import { taskObjects } from "./task-objects.ts";
import { unfinishedTasks } from "./unfinished-tasks.ts";
import { uploads } from "./uploads.ts";

/** After this time a sweep leaves the rest to its next run. All sweeps together stay below a cron trigger's 15 minutes. */
const MAX_SWEEP_MS = 120_000;
/** How much longer to wait for a sweep before giving it up as hung. */
const HANG_MARGIN_MS = 20_000;

/** The order matters: `taskObjects` removes the objects of tasks that an earlier sweep found missing or expired. */
const sweeps = [unfinishedTasks, listedTasks, endedTasks, replacedUploads, taskObjects, uploads];

/** Runs every sweep once. A sweep that fails or hangs is logged and counted, and the others still run. */
export async function runSweeps(env: Env): Promise<void> {
  const config = readConfig(env);
  for (const sweep of sweeps) {
    const now = Date.now();
    try {
      const context = { env, config, now, until: now + MAX_SWEEP_MS };
      await withTimeout(runSweep(sweep as Sweep, context), MAX_SWEEP_MS + HANG_MARGIN_MS);
    } catch (error) {
      log("sweep_failed", { sweep: sweep.name, message: messageOf(error) });
      await record(env, sweep.name, { failed: 1 }).catch((failure: unknown) =>
        log("sweep_failed", { sweep: sweep.name, message: messageOf(failure) }),
      );
    }
  }
}

async function runSweep(sweep: Sweep, context: SweepContext): Promise<void> {
  const result = await sweep.run(context, await readPosition(context.env, sweep));
  await record(context.env, sweep.name, result.findings, result);
  const milliseconds = Date.now() - context.now;
  log("sweep", { sweep: sweep.name, looked: result.looked, more: result.more, ...result.findings, milliseconds });
}

/** The position where a sweep continues; null, for the start, if it never ran or another version stored the position. */
async function readPosition(env: Env, sweep: Sweep): Promise<unknown> {
  const rows = await drizzle(env.DB).select().from(positions).where(eq(positions.name, sweep.name));
  const parsed = sweep.position.safeParse(rows[0]?.position);
  return parsed.success ? parsed.data : null;
}

/** Stores the findings of a run and, if it finished, its position, in one transaction. */
async function record(
  env: Env,
  sweep: string,
  findings: SweepResult<unknown>["findings"],
  result?: SweepResult<unknown>,
): Promise<void> {
  const database = drizzle(env.DB);
  const counts = Object.entries(findings).map(([finding, value]) =>
    database
      .insert(counters)
      .values({ name: seriesKey("sweep_findings", { sweep, finding }), value })
      .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + ${value}` } }),
  );
  const state = result && { position: result.position, ranAt: Date.now() };
  const positionWrite = state
    ? [
        database
          .insert(positions)
          .values({ name: sweep, ...state })
          .onConflictDoUpdate({ target: positions.name, set: state }),
      ]
    : [];
  const [first, ...others] = [...positionWrite, ...counts];
  if (first) await database.batch([first, ...others]);
  for (const [finding, value] of Object.entries(findings)) {
    writeDataPoint(env, "sweep_findings", { sweep, finding }, value);
  }
}
