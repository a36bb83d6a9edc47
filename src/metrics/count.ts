import { log, messageOf } from "../util/log.ts";
import { type CounterName, counters, type LabelsOf, type PassingName, passing } from "./definitions.ts";
import type { Family } from "./prometheus.ts";

/** Where data points go, in a deployment that has Analytics Engine (see wrangler.toml). */
export interface MetricsBindings {
  METRICS?: AnalyticsEngineDataset;
}

/** Tells this isolate's series from another's, so that a scrape of one and then the other is not read as a reset. */
let isolate: string | undefined;

const counts = new Map<string, { name: PassingName; labels: Record<string, string>; value: number }>();

/** Counts in this isolate's memory, and in Analytics Engine. Never throws, and waits for nothing. */
export function count<N extends PassingName>(env: MetricsBindings, name: N, labels: LabelsOf<N>, more = 1): void {
  const key = JSON.stringify([name, labels]);
  const known = counts.get(key);
  if (known) known.value += more;
  else counts.set(key, { name, labels, value: more });
  note(env, name, labels, more);
}

/**
 * Writes a data point to Analytics Engine, for what is counted elsewhere: `index1` and `blob1` are the
 * counter's name, the further blobs its labels' values in their order, `double1` how many more.
 */
export function note<N extends CounterName>(env: MetricsBindings, name: N, labels: LabelsOf<N>, more = 1): void {
  const values: Record<string, string> = labels;
  try {
    env.METRICS?.writeDataPoint({
      indexes: [name],
      blobs: [name, ...counters[name].labels.map((label) => values[label] ?? "")],
      doubles: [more],
    });
  } catch (error) {
    log("metrics_failed", { metric: name, message: messageOf(error) });
  }
}

/** What this isolate counted. */
export function isolateFamilies(): Family[] {
  // Random values may not be made while a Worker starts.
  isolate ??= crypto.randomUUID().slice(0, 8);
  const label = { isolate };
  return (Object.keys(passing) as PassingName[]).map((name) => ({
    name: `edgereel_${name}_total`,
    help: passing[name].help,
    type: "counter",
    samples: [...counts.values()]
      .filter((series) => series.name === name)
      .map(({ labels, value }) => ({ labels: { ...labels, ...label }, value })),
  }));
}
