import { asc, eq, sum } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { counters, ownerTotals, sweeps, tasks } from "../db/schema.ts";
import { log, messageOf } from "../util/log.ts";
import { version } from "../util/version.ts";
import { isolateFamilies } from "./count.ts";
import { readSeriesKey, type StoredCounter, storedCounters } from "./definitions.ts";
import type { Family, Sample } from "./prometheus.ts";

/** The bindings that metrics are read from. The rest comes from this isolate's memory. */
export interface MetricSources {
  DB: D1Database;
  /** The job queues, by name. */
  queues: Record<string, Pick<Queue, "metrics">>;
}

/**
 * The current value of every metric. Reads a few dozen rows of D1 and one for each owner; the cost does not grow
 * with the number of tasks. Metrics of the queues are left out if a queue does not answer.
 *
 * @param now Unix milliseconds.
 * @throws whatever D1 throws.
 */
export async function collect({ DB, queues }: MetricSources, now: number): Promise<Family[]> {
  const database = drizzle(DB);
  const [[counted, totals, waiting, ran], queue] = await Promise.all([
    database.batch([
      database.select().from(counters),
      // Reads one row for each owner.
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
    ...storedFamilies(counted),
    ...isolateFamilies(),
    gauge("tasks", "Existing tasks, by state.", [
      { labels: { state: "processing" }, value: processing ?? 0 },
      { labels: { state: "succeeded" }, value: succeeded ?? 0 },
      { labels: { state: "failed" }, value: failed ?? 0 },
    ]),
    gauge("oldest_waiting_task_seconds", "How long the oldest task in stage queued has waited; 0 if no task waits.", [
      { labels: {}, value: Math.max(0, now - oldest) / 1000 },
    ]),
    ...queue,
    gauge(
      "sweep_last_run_timestamp_seconds",
      "Unix time at which each sweep last finished.",
      ran.map(({ name, ranAt }) => ({ labels: { sweep: name }, value: ranAt / 1000 })),
    ),
    gauge("build_info", "The version of the service.", [{ labels: { version }, value: 1 }]),
  ];
}

function storedFamilies(rows: readonly { name: string; value: number }[]): Family[] {
  const samples = new Map<StoredCounter, Sample[]>();
  for (const row of rows) {
    const series = readSeriesKey(row.name);
    if (series) samples.set(series.name, [...(samples.get(series.name) ?? []), { ...series, value: row.value }]);
  }
  return (Object.keys(storedCounters) as StoredCounter[]).map((name) => {
    // A counter without labels starts at 0, so that Prometheus sees its first count as an increase.
    const initial: Sample[] = storedCounters[name].labels.length === 0 ? [{ labels: {}, value: 0 }] : [];
    return {
      name: `edgereel_${name}_total`,
      help: storedCounters[name].help,
      type: "counter",
      samples: samples.get(name) ?? initial,
    };
  });
}

/** The length and age of each queue; an empty list if one of them does not answer. */
async function queueFamilies(queues: MetricSources["queues"], now: number): Promise<Family[]> {
  try {
    const metrics = await Promise.all(
      Object.entries(queues).map(async ([name, queue]) => ({ labels: { queue: name }, ...(await queue.metrics()) })),
    );
    const age = (oldest: Date | undefined) => (oldest ? Math.max(0, now - oldest.getTime()) / 1000 : 0);
    return [
      gauge(
        "queue_messages",
        "Jobs on the queue.",
        metrics.map(({ labels, backlogCount }) => ({ labels, value: backlogCount })),
      ),
      gauge(
        "queue_oldest_message_seconds",
        "Age of the oldest job on the queue; 0 if the queue is empty.",
        metrics.map(({ labels, oldestMessageTimestamp }) => ({ labels, value: age(oldestMessageTimestamp) })),
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
