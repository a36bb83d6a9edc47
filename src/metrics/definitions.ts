import type { Counts } from "../db/schema.ts";

/** What is counted. README.md ("Metrics") lists the same. */

interface CounterDefinition {
  help: string;
  /** Names of its labels; their values come from small, closed sets. */
  labels: readonly string[];
}

/**
 * Counted with the task or sweep that they are about, and kept in D1: right across isolates and Durable
 * Objects, and over restarts.
 */
export const kept = {
  tasks_created: { help: "Tasks made.", labels: [] },
  tasks_succeeded: { help: "Tasks that succeeded.", labels: [] },
  tasks_failed: { help: "Tasks that failed, by the code of their error.", labels: ["code"] },
  tasks_cancelled: { help: "Tasks cancelled on request.", labels: [] },
  tasks_retried: { help: "Failed or cancelled tasks taken up again on request.", labels: [] },
  runs_retried: { help: "Runs of a job that failed or were lost and that another followed.", labels: ["code"] },
  segments_rendered: { help: "Segments rendered.", labels: [] },
  video_seconds_rendered: { help: "Length of the segments rendered.", labels: [] },
  sweep_findings: { help: "What the sweeps found and put in order.", labels: ["sweep", "finding"] },
} as const satisfies Record<string, CounterDefinition>;

/** Counted in the memory of each isolate, from 0 whenever one starts: they carry the label `isolate`. */
export const passing = {
  http_requests: {
    help: "HTTP requests answered, by route and class of status.",
    labels: ["method", "route", "status"],
  },
  bytes_served: {
    help: "Bytes of the tasks' files in answers, as announced by their Content-Length.",
    labels: ["route"],
  },
} as const satisfies Record<string, CounterDefinition>;

export const counters = { ...kept, ...passing };

export type KeptName = keyof typeof kept;
export type PassingName = keyof typeof passing;
export type CounterName = keyof typeof counters;

/** A value for each of a counter's labels. */
export type LabelsOf<N extends CounterName> = Record<(typeof counters)[N]["labels"][number], string>;

/** One of a counter's series, as D1 and a task's record name it: the counter and its labels' values. */
export function seriesKey<N extends KeptName>(name: N, labels: LabelsOf<N>): string {
  const values: Record<string, string> = labels;
  return [name, ...kept[name].labels.map((label) => (values[label] ?? "").replaceAll(":", "_"))].join(":");
}

/** Reads what {@link seriesKey} wrote; null for a counter of another version. */
export function readSeriesKey(key: string): { name: KeptName; labels: Record<string, string> } | null {
  const [name = "", ...values] = key.split(":");
  if (!isKept(name)) return null;
  const labels: readonly string[] = kept[name].labels;
  if (labels.length !== values.length) return null;
  return { name, labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""])) };
}

function isKept(name: string): name is KeptName {
  return Object.hasOwn(kept, name);
}

/** The counts with more of one of them. */
export function counted<N extends KeptName>(counts: Counts, name: N, labels: LabelsOf<N>, more = 1): Counts {
  const key = seriesKey(name, labels);
  return { ...counts, [key]: (counts[key] ?? 0) + more };
}
