import { asc, eq, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { counters, ownerTotals, sweeps, tasks } from "../db/schema.ts";
import { log, messageOf } from "../util/log.ts";
import { version } from "../util/version.ts";
import { isolateFamilies } from "./count.ts";
import { type KeptName, kept, readSeriesKey } from "./definitions.ts";
import type { Family, Sample } from "./prometheus.ts";

/** What metrics are read from, besides this isolate's memory. */
export interface MetricSources {
  DB: D1Database;
  /** The job queues, by name. */
  queues: Record<string, Pick<Queue, "metrics">>;
}

/**
 * Every metric as it is now. Costs one query, of a few dozen rows, and one for each owner, however many tasks there are.
 *
 * @throws what D1 throws.
 */
export async function collect({ DB, queues }: MetricSources, now: number): Promise<Family[]> {
  const database = drizzle(DB);
  const [[counted, totals, waiting, ran], queue] = await Promise.all([
    database.batch([
      database.select().from(counters),
      // As many rows as there are owners.
      database
        .select({
          processing: sum(ownerTotals.processing).mapWith(Number),
          succeeded: sum(ownerTotals.succeeded).mapWith(Number),
          failed: sum(ownerTotals.failed).mapWith(Number),
        })
        .from(ownerTotals),
      database
        .select({ createdAt: tasks.createdAt })
        .from(tasks)
        .where(eq(tasks.stage, "queued"))
        .orderBy(asc(tasks.createdAt))
        .limit(1),
      database.select({ name: sweeps.name, ranAt: sweeps.ranAt }).from(sweeps),
    ]),
    queueFamilies(queues, now),
  ]);
  // The sum of no rows is null.
  const { processing, succeeded, failed } = totals[0] ?? { processing: null, succeeded: null, failed: null };
  const oldest = waiting[0]?.createdAt ?? now;
  return [
    ...keptFamilies(counted),
    ...isolateFamilies(),
    gauge("tasks", "Tasks there are, by state.", [
      { labels: { state: "processing" }, value: processing ?? 0 },
      { labels: { state: "succeeded" }, value: succeeded ?? 0 },
      { labels: { state: "failed" }, value: failed ?? 0 },
    ]),
    gauge(
      "oldest_waiting_task_seconds",
      "How long the oldest task that was not begun has waited; 0 where none waits.",
      [{ labels: {}, value: Math.max(0, now - oldest) / 1000 }],
    ),
    ...queue,
    gauge(
      "sweep_last_run_timestamp_seconds",
      "When each sweep last ran to its end, in Unix time.",
      ran.map(({ name, ranAt }) => ({ labels: { sweep: name }, value: ranAt / 1000 })),
    ),
    gauge("build_info", "The version that answers.", [{ labels: { version }, value: 1 }]),
  ];
}

function keptFamilies(rows: readonly { name: string; value: number }[]): Family[] {
  const samples = new Map<KeptName, Sample[]>();
  for (const row of rows) {
    const series = readSeriesKey(row.name);
    if (series) samples.set(series.name, [...(samples.get(series.name) ?? []), { ...series, value: row.value }]);
  }
  return (Object.keys(kept) as KeptName[]).map((name) => {
    // A counter without labels is there from the start, so that its first count is seen as an increase.
    const none: Sample[] = kept[name].labels.length === 0 ? [{ labels: {}, value: 0 }] : [];
    return {
      name: `edgereel_${name}_total`,
      help: kept[name].help,
      type: "counter",
      samples: samples.get(name) ?? none,
    };
  });
}

/** What the queues say of themselves; nothing where one does not. */
async function queueFamilies(queues: MetricSources["queues"], now: number): Promise<Family[]> {
  try {
    const said = await Promise.all(
      Object.entries(queues).map(async ([name, queue]) => ({ labels: { queue: name }, ...(await queue.metrics()) })),
    );
    const age = (oldest: Date | undefined) => (oldest ? Math.max(0, now - oldest.getTime()) / 1000 : 0);
    return [
      gauge(
        "queue_messages",
        "Jobs on the queue.",
        said.map(({ labels, backlogCount }) => ({ labels, value: backlogCount })),
      ),
      gauge(
        "queue_oldest_message_seconds",
        "Age of the oldest job on the queue; 0 where there is none.",
        said.map(({ labels, oldestMessageTimestamp }) => ({ labels, value: age(oldestMessageTimestamp) })),
      ),
    ];
  } catch (error) {
    log("queue_metrics_failed", { message: messageOf(error) });
    return [];
  }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name: `edgereel_${name}`, help, type: "gauge", samples };
}
