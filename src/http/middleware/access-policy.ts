import { taskFileOf } from "../../api/paths.ts";
import type { Scope } from "../../auth/scopes.ts";

/** Who may make a request. `link`: also who has a link that was signed for `path`; else a key that may read. */
export type Policy = { kind: "open" } | { kind: "key"; scope: Scope } | { kind: "link"; path: string };

/** Public paths: docs and health. */
const OPEN = new Set(["/", "/docs", "/openapi.json", "/health"]);
/** Paths for the operator. */
const OPERATIONS = new Set(["/metrics"]);
/** Other paths that a link may open; the link is signed for the captured part. */
const LINKED = [/^\/watch\/([^/]+)$/, /^\/api\/v1\/tasks\/([^/]+)(?:\/events)?$/];

/**
 * Who may make a request, by its method and path, or by the path as OpenAPI writes it. Whatever is not
 * named here needs a key, so that a new route is closed until somebody opens it.
 */
export function policyFor(method: string, path: string): Policy {
  const reads = method === "GET" || method === "HEAD";
  if (reads && OPEN.has(path)) return { kind: "open" };
  if (OPERATIONS.has(path)) return { kind: "key", scope: "admin" };
  if (!reads) return { kind: "key", scope: "write" };
  const file = taskFileOf(path);
  if (file?.includes("/")) return { kind: "link", path: file };
  for (const form of LINKED) {
    const signed = form.exec(path)?.[1];
    if (signed !== undefined) return { kind: "link", path: signed };
  }
  return { kind: "key", scope: "read" };
}
