import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { readConfig } from "../config/config.ts";
import { counters, sweeps as positions } from "../db/schema.ts";
import type { Env } from "../env.ts";
import { note } from "../metrics/count.ts";
import { seriesKey } from "../metrics/definitions.ts";
import { inTime } from "../util/deadline.ts";
import { log, messageOf } from "../util/log.ts";
import { endedTasks } from "./ended-tasks.ts";
import { listedTasks } from "./listed-tasks.ts";
import { replacedUploads } from "./replaced-uploads.ts";
import type { Sweep, SweepContext, SweepResult } from "./sweep.ts";
import { taskObjects } from "./task-objects.ts";
import { unfinishedTasks } from "./unfinished-tasks.ts";
import { uploads } from "./uploads.ts";

/** When a sweep stops for this run, in milliseconds: all of them together stay below a cron's 15 minutes. */
const LONGEST = 120_000;

/** In their order: what one of them finds to be no task has its objects removed by a later one. */
const sweeps = [unfinishedTasks, listedTasks, endedTasks, replacedUploads, taskObjects, uploads];

/** Runs every sweep once; one that fails is logged and counted, and stops none of the others. */
export async function runSweeps(env: Env): Promise<void> {
  const config = readConfig(env);
  for (const sweep of sweeps) {
    const now = Date.now();
    try {
      // One that hangs is left behind too.
      await inTime(runSweep(sweep as Sweep, { env, config, now, until: now + LONGEST }), LONGEST + 20_000);
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

/** Where a sweep goes on; from the beginning where it never ran, or another version of it did. */
async function readPosition(env: Env, sweep: Sweep): Promise<unknown> {
  const rows = await drizzle(env.DB).select().from(positions).where(eq(positions.name, sweep.name));
  const parsed = sweep.position.safeParse(rows[0]?.position);
  return parsed.success ? parsed.data : null;
}

/** Writes what a run came to, all or nothing. */
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
  const place = state
    ? [
        database
          .insert(positions)
          .values({ name: sweep, ...state })
          .onConflictDoUpdate({ target: positions.name, set: state }),
      ]
    : [];
  const [first, ...others] = [...place, ...counts];
  if (first) await database.batch([first, ...others]);
  for (const [finding, value] of Object.entries(findings)) note(env, "sweep_findings", { sweep, finding }, value);
}
