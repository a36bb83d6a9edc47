import type { Context } from "hono";
import { GeneratedFile } from "../../delivery/servable-file.ts";
import { type FileRequest, serveFile } from "../../delivery/serve-file.ts";
import { keys, outputNames } from "../../storage/keys.ts";
import type { AppEnv } from "../app-env.ts";
import { nestedUrlQuery } from "../middleware/access.ts";

/**
 * Serves a storyboard's WebVTT file to a client with a link. Its cues name the storyboard's image, and the URL of
 * that image needs a signature of its own, which is added here. Null if the file is missing.
 */
export async function serveLinkedStoryboard(
  context: Context<AppEnv>,
  taskId: string,
  video: number,
  options: Pick<FileRequest, "disposition" | "cacheControl">,
): Promise<Response | null> {
  const image = outputNames.storyboardImage(video);
  const query = nestedUrlQuery(context)(`${taskId}/${image}`);
  const file = new GeneratedFile("text/vtt; charset=utf-8", async () => {
    const object = await context.env.MEDIA.get(keys.output(taskId, outputNames.storyboardVtt(video)));
    if (!object) return null;
    const text = (await object.text()).replaceAll(`${image}#`, `${image}${query}#`);
    const etag = `"${object.etag}-${query.slice(-16)}"`;
    return { bytes: new TextEncoder().encode(text), etag, lastModified: object.uploaded };
  });
  const { method, headers } = context.req.raw;
  return serveFile(file, { method, headers, ...options });
}
