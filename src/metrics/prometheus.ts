/** Writes metrics in Prometheus' text format, version 0.0.4 ("Exposition formats" in its documentation). */

/** The media type of the text that {@link encode} returns. */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** A metric with its samples. No two samples have the same labels. */
export interface Family {
  /** Letters, digits, `_` and `:`; must not begin with a digit. */
  name: string;
  help: string;
  type: "counter" | "gauge";
  samples: readonly Sample[];
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Writes metrics as text. A family without samples is left out.
 *
 * @throws RangeError if the format does not allow the name of a metric or label.
 */
export function encode(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      if (!METRIC_NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is not a valid metric name`);
      const lines = samples.map(({ labels, value }) => `${name}${encodeLabels(labels)} ${encodeValue(value)}\n`);
      return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    })
    .join("");
}

function encodeLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!LABEL_NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is not a valid label name`);
    return `${name}="${escapeText(value).replaceAll('"', '\\"')}"`;
  });
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** Escapes backslashes and line feeds, which is all that help texts need. Label values also escape quotes. */
function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** Writes a number as Go's ParseFloat reads it, which the format requires. */
function encodeValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
