import type { Counts } from "../db/schema.ts";

/** The counters of the service. docs/operations.md ("Metrics") describes each of them for operators. */

interface CounterDefinition {
  help: string;
  /** Label names. Their values come from small, closed sets. */
  labels: readonly string[];
}

/**
 * Counters in D1, written together with the task or sweep that they count. They are exact over all isolates,
 * Durable Objects and restarts.
 */
export const storedCounters = {
  tasks_created: { help: "Tasks created.", labels: [] },
  tasks_succeeded: { help: "Tasks that succeeded.", labels: [] },
  tasks_failed: { help: "Tasks that failed, by the code of their error.", labels: ["code"] },
  tasks_cancelled: { help: "Tasks cancelled on request.", labels: [] },
  tasks_retried: { help: "Failed or cancelled tasks that a client retried.", labels: [] },
  runs_retried: { help: "Runs of a job that failed or were lost, and were repeated.", labels: ["code"] },
  segments_rendered: { help: "Segments rendered.", labels: [] },
  video_seconds_rendered: { help: "Total length of the segments rendered.", labels: [] },
  sweep_findings: { help: "Findings of the sweeps.", labels: ["sweep", "finding"] },
} as const satisfies Record<string, CounterDefinition>;

/** Counters in the memory of an isolate. They start at 0 with each isolate, so they have the label `isolate`. */
export const isolateCounters = {
  http_requests: {
    help: "HTTP requests answered, by route and status class.",
    labels: ["method", "route", "status"],
  },
  bytes_served: {
    help: "Bytes of task files in responses, by their Content-Length.",
    labels: ["route"],
  },
} as const satisfies Record<string, CounterDefinition>;

export const counters = { ...storedCounters, ...isolateCounters };

export type StoredCounter = keyof typeof storedCounters;
export type IsolateCounter = keyof typeof isolateCounters;
export type CounterName = keyof typeof counters;

/** A value for each label of a counter. */
export type LabelsOf<N extends CounterName> = Record<(typeof counters)[N]["labels"][number], string>;

/** The name of a counter's series in D1 and in a task's record: the counter and its label values, joined by colons. */
export function seriesKey<N extends StoredCounter>(name: N, labels: LabelsOf<N>): string {
  const values: Record<string, string> = labels;
  return [name, ...storedCounters[name].labels.map((label) => (values[label] ?? "").replaceAll(":", "_"))].join(":");
}

/** Parses the result of {@link seriesKey}; null if this version has no such counter or other labels. */
export function readSeriesKey(key: string): { name: StoredCounter; labels: Record<string, string> } | null {
  const [name = "", ...values] = key.split(":");
  if (!isStoredCounter(name)) return null;
  const labels: readonly string[] = storedCounters[name].labels;
  if (labels.length !== values.length) return null;
  return { name, labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""])) };
}

function isStoredCounter(name: string): name is StoredCounter {
  return Object.hasOwn(storedCounters, name);
}

/** A copy of the counts in which one series is larger by `amount`. */
export function addCount<N extends StoredCounter>(counts: Counts, name: N, labels: LabelsOf<N>, amount = 1): Counts {
  const key = seriesKey(name, labels);
  return { ...counts, [key]: (counts[key] ?? 0) + amount };
}
