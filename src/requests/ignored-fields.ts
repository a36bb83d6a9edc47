import type { Warning } from "../api/authored.ts";
import { shortened } from "../api/describe-issues.ts";

/** Max warnings about ignored fields. One request can have thousands. */
const MAX_LISTED = 20;

/** Warnings that name the unknown fields of a request that were ignored. */
export function ignoredFields(paths: readonly string[]): Warning[] {
  return paths.slice(0, MAX_LISTED).map((path) => ({
    code: "field_ignored",
    message: `${shortened(path, 100)}: unknown field, ignored`,
  }));
}
