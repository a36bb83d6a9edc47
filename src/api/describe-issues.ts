import type { ZodError } from "zod";

/** Max issues that a message lists. One request can have thousands. */
const MAX_ISSUES = 20;
/** Max characters of the list. */
const MAX_CHARACTERS = 2000;

/** Cuts off the text after `length` characters and marks the cut with `…`. */
export function shortened(text: string, length = 200): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/**
 * Describes the issues of an invalid request in one line: each field with what is wrong with it.
 *
 * @param suggest the known field that an unknown one at a path may mean; null if none is similar.
 */
export function describeIssues(
  error: ZodError,
  suggest: (path: readonly PropertyKey[], name: string) => string | null = () => null,
): string {
  const faults = error.issues
    .slice(0, MAX_ISSUES)
    .map((issue) => {
      const path = issue.path.reduce<string>(
        (text, step) =>
          typeof step === "number" ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
        "",
      );
      if (issue.code === "unrecognized_keys") {
        const described = issue.keys.slice(0, MAX_ISSUES).map((key) => {
          const similar = suggest(issue.path, key);
          const hint = similar === null ? "" : `, did you mean ${similar}?`;
          return `${path ? `${path}.` : ""}${shortened(key, 100)}: unknown field${hint}`;
        });
        return described.join("; ");
      }
      return path ? `${path}: ${issue.message}` : issue.message;
    })
    .join("; ");
  return shortened(faults, MAX_CHARACTERS);
}
