/** Prometheus' text format, version 0.0.4 ("Exposition formats"). */

/** The media type of {@link encode}'s text. */
export const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** A metric with its samples, of which no two have the same labels. */
export interface Family {
  /** Letters, digits, `_` and `:`; not beginning with a digit. */
  name: string;
  help: string;
  type: "counter" | "gauge";
  samples: readonly Sample[];
}

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Writes families, each with its samples together as the format asks. A family without samples is left out.
 *
 * @throws RangeError for a name that the format has no way to write.
 */
export function encode(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      if (!METRIC_NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of a metric`);
      const lines = samples.map(({ labels, value }) => `${name}${encodeLabels(labels)} ${encodeValue(value)}\n`);
      return `# HELP ${name} ${escapeText(help)}\n# TYPE ${name} ${type}\n${lines.join("")}`;
    })
    .join("");
}

function encodeLabels(labels: Sample["labels"]): string {
  const pairs = Object.entries(labels).map(([name, value]) => {
    if (!LABEL_NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} is no name of a label`);
    return `${name}="${escapeText(value).replaceAll('"', '\\"')}"`;
  });
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}

/** Help text escapes backslash and line feed alone; a label's value the quote too. */
function escapeText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

/** A number as Go's ParseFloat reads it. */
function encodeValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}
