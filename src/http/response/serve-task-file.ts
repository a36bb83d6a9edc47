import type { Context } from "hono";
import { EdgeCache, EdgeFile, ServeTrace } from "../../delivery/edge-cache.ts";
import type { ServableFile } from "../../delivery/servable-file.ts";
import { type FileRequest, serveFile } from "../../delivery/serve-file.ts";
import { TaskPresence } from "../../tasks/task-presence.ts";
import type { AppEnv } from "../app-env.ts";
import { viewerOf } from "../middleware/access.ts";

/**
 * `Cache-Control` of finished files. The bytes behind a name never change. Private, because shared caches on the way
 * would keep serving a file after it was deleted.
 */
export const IMMUTABLE_FILE = "private, max-age=31536000, immutable";

const presence = new TaskPresence();

/**
 * Serves a finished file of a task through the edge cache.
 *
 * @param key the cache key. Different bytes must have a different key.
 * @returns null if the file is missing or belongs to another owner.
 */
export async function serveTaskFile(
  context: Context<AppEnv>,
  taskId: string,
  key: string,
  file: ServableFile,
  options: Pick<FileRequest, "disposition" | "cacheControl">,
): Promise<Response | null> {
  const viewer = viewerOf(context);
  if (viewer !== null && !(await presence.isOwnedBy(context.env, taskId, viewer))) return null;
  const trace = new ServeTrace();
  const cache = new EdgeCache(new URL(context.req.url).origin, (work) => context.executionCtx.waitUntil(work));
  const alive = () => presence.exists(context.env, taskId);
  const { method, headers } = context.req.raw;
  const answer = await serveFile(new EdgeFile(cache, key, file, alive, trace), { method, headers, ...options });
  answer?.headers.set("x-edgereel-cache", trace.cache);
  answer?.headers.set("server-timing", String(trace));
  return answer;
}
