import { log, messageOf } from "../util/log.ts";
import { type CounterName, counters, type IsolateCounter, isolateCounters, type LabelsOf } from "./definitions.ts";
import type { Family } from "./prometheus.ts";

export interface MetricsBindings {
  /** The Analytics Engine dataset for data points, if the deployment has one (see wrangler.toml). */
  METRICS?: AnalyticsEngineDataset;
}

/**
 * The value of the label `isolate`. It separates the series of different isolates; otherwise scrapes that reach
 * one isolate and then another would look like resets of a counter.
 */
let isolate: string | undefined;

const counts = new Map<string, { name: IsolateCounter; labels: Record<string, string>; value: number }>();

/** Counts in this isolate's memory and in Analytics Engine. Never throws and never waits. */
export function count<N extends IsolateCounter>(env: MetricsBindings, name: N, labels: LabelsOf<N>, amount = 1): void {
  const key = JSON.stringify([name, labels]);
  const known = counts.get(key);
  if (known) known.value += amount;
  else counts.set(key, { name, labels, value: amount });
  writeDataPoint(env, name, labels, amount);
}

/**
 * Writes a data point to Analytics Engine. `index1` and `blob1` are the counter's name, the other blobs its label
 * values in the order of their definition, and `double1` is the increase. Never throws. For counters in D1, which
 * the caller updates itself.
 */
export function writeDataPoint<N extends CounterName>(
  env: MetricsBindings,
  name: N,
  labels: LabelsOf<N>,
  amount = 1,
): void {
  const values: Record<string, string> = labels;
  try {
    env.METRICS?.writeDataPoint({
      indexes: [name],
      blobs: [name, ...counters[name].labels.map((label) => values[label] ?? "")],
      doubles: [amount],
    });
  } catch (error) {
    log("metrics_failed", { metric: name, message: messageOf(error) });
  }
}

/** The counters of this isolate. */
export function isolateFamilies(): Family[] {
  // Set here because Workers do not allow random values in global scope.
  isolate ??= crypto.randomUUID().slice(0, 8);
  const label = { isolate };
  return (Object.keys(isolateCounters) as IsolateCounter[]).map((name) => ({
    name: `edgereel_${name}_total`,
    help: isolateCounters[name].help,
    type: "counter",
    samples: [...counts.values()]
      .filter((series) => series.name === name)
      .map(({ labels, value }) => ({ labels: { ...labels, ...label }, value })),
  }));
}
