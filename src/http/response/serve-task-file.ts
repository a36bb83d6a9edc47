import type { Context } from "hono";
import { EdgeCache, EdgeFile, ServeTrace } from "../../delivery/edge-cache.ts";
import type { ServableFile } from "../../delivery/servable-file.ts";
import { type FileRequest, serveFile } from "../../delivery/serve-file.ts";
import { TaskPresence } from "../../tasks/task-presence.ts";
import type { AppEnv } from "../app-env.ts";
import { viewerOf } from "../middleware/access.ts";

/** Of finished files: their names never get other bytes. Private, since no cache but ours hears of a delete. */
export const IMMUTABLE = "private, max-age=31536000, immutable";

const presence = new TaskPresence();

/**
 * Answers for a finished file of a task with the edge cache in front.
 *
 * @param key names the file's bytes among all of the service's.
 * @returns null where there is no such file, or it is another owner's.
 */
export async function serveTaskFile(
  context: Context<AppEnv>,
  taskId: string,
  key: string,
  file: ServableFile,
  how: Pick<FileRequest, "disposition" | "cacheControl">,
): Promise<Response | null> {
  const viewer = viewerOf(context);
  if (viewer !== null && !(await presence.isOwnedBy(context.env, taskId, viewer))) return null;
  const trace = new ServeTrace();
  const cache = new EdgeCache(new URL(context.req.url).origin, (work) => context.executionCtx.waitUntil(work));
  const alive = () => presence.exists(context.env, taskId);
  const { method, headers } = context.req.raw;
  const answer = await serveFile(new EdgeFile(cache, key, file, alive, trace), { method, headers, ...how });
  answer?.headers.set("x-edgereel-cache", trace.cache);
  answer?.headers.set("server-timing", String(trace));
  return answer;
}
