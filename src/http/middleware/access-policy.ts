import { taskFileOf } from "../../api/paths.ts";
import type { Scope } from "../../auth/scopes.ts";

/**
 * Who may make a request. `open`: anyone. `key`: a client whose API key has the scope. `link`: a client whose API key
 * may read, or who has a link that was signed for `path`.
 */
export type Policy = { kind: "open" } | { kind: "key"; scope: Scope } | { kind: "link"; path: string };

/** Public paths: docs and health. */
const PUBLIC_PATHS = new Set(["/", "/docs", "/openapi.json", "/health"]);
/** Paths whose POST requests also read. What a request may change is checked where its body is known. */
const READ_PATHS = new Set(["/mcp"]);
const ADMIN_PATHS = new Set(["/metrics"]);
/** Paths besides those of files that a link can open. The link is signed for the captured task id. */
const LINK_PATHS = [/^\/watch\/([^/]+)$/, /^\/api\/v1\/tasks\/([^/]+)(?:\/events)?$/];

/**
 * Who may make a request with this method and path. Paths that are not listed here need an API key, so a new route is
 * closed by default.
 *
 * @param path of a request, or a path template of the OpenAPI document.
 */
export function policyFor(method: string, path: string): Policy {
  const reads = method === "GET" || method === "HEAD";
  if (reads && PUBLIC_PATHS.has(path)) return { kind: "open" };
  if (ADMIN_PATHS.has(path)) return { kind: "key", scope: "admin" };
  if (READ_PATHS.has(path)) return { kind: "key", scope: "read" };
  if (!reads) return { kind: "key", scope: "write" };
  const file = taskFileOf(path);
  if (file?.includes("/")) return { kind: "link", path: file };
  for (const pattern of LINK_PATHS) {
    const taskId = pattern.exec(path)?.[1];
    if (taskId !== undefined) return { kind: "link", path: taskId };
  }
  return { kind: "key", scope: "read" };
}
