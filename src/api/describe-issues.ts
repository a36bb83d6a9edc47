import type { ZodError } from "zod";

/** Max issues of one request that a message lists, and max characters of the list: a request may have thousands. */
const MAX_ISSUES = 20;
const MAX_CHARACTERS = 2000;

/** The text, cut off after `length` characters. */
export function shortened(text: string, length = 200): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** Lists what is wrong with a request, field by field, in one line. */
export function describeIssues(error: ZodError): string {
  const faults = error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => {
      const path = issue.path.reduce<string>(
        (text, step) =>
          typeof step === "number" ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
        "",
      );
      if (issue.code === "unrecognized_keys") {
        const named = issue.keys.slice(0, MAX_ISSUES).map((key) => shortened(key, 100));
        return named.map((key) => `${path ? `${path}.` : ""}${key}: unknown field`).join("; ");
      }
      return path ? `${path}: ${issue.message}` : issue.message;
    })
    .join("; ");
  return shortened(faults, MAX_CHARACTERS);
}
