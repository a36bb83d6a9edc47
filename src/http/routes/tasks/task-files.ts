import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { taskFilePrefixes } from "../../../api/paths.ts";
import { contentDisposition } from "../../../delivery/content-disposition.ts";
import { R2File } from "../../../delivery/servable-file.ts";
import { isPublicFile, keys, outputNames, videoOfFile } from "../../../storage/keys.ts";
import type { AppEnv } from "../../app-env.ts";
import { linksFor } from "../../middleware/access.ts";
import { errorResponses, jsonResponse } from "../../openapi-responses.ts";
import { requestedTask } from "../../request/requested-task.ts";
import { TASK_ID } from "../../request/task-path.ts";
import { serveLinkedStoryboard } from "../../response/linked-storyboard.ts";
import { missingFileResponse, unfinishedFileSchema, unknownPathResponse } from "../../response/missing-file.ts";
import { IMMUTABLE_FILE, serveTaskFile } from "../../response/serve-task-file.ts";
import { router } from "../../router.ts";

const params = z.object({
  task_id: z
    .string()
    .openapi({ param: { name: "task_id", in: "path" }, example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
  file: z.string().openapi({ param: { name: "file", in: "path" }, example: "final-1.mp4" }),
});

/** The paths at which a task's files are served. `attachment` makes a browser save the file. */
const FILE_PATHS = [
  { prefix: taskFilePrefixes.stream, disposition: "inline", summary: "Play a file" },
  { prefix: taskFilePrefixes.download, disposition: "attachment", summary: "Download a file" },
  { prefix: taskFilePrefixes.tasks, disposition: "inline", summary: "Play a file, at the URL in the task's data" },
] as const;

/** `/api/v1/stream`, `/api/v1/download` and `/tasks/{task_id}/{file}` */
export function taskFileRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const { prefix, disposition, summary } of FILE_PATHS) {
    routes.openAPIRegistry.registerPath(route(prefix, summary));
    // Hono also uses this handler for HEAD and leaves out the body.
    routes.get(`${prefix}/:task_id/:file`, async (context) => {
      const { task_id, file } = context.req.param();
      if (!TASK_ID.test(task_id) || !isPublicFile(file)) return unknownPathResponse(context.req.path);
      const key = keys.output(task_id, file);
      const options = { disposition: contentDisposition(disposition, file), cacheControl: IMMUTABLE_FILE };
      const response =
        context.get("access").via === "link" && file === outputNames.storyboardVtt(videoOfFile(file))
          ? await serveLinkedStoryboard(context, task_id, videoOfFile(file), options)
          : await serveTaskFile(context, task_id, key, new R2File(context.env.MEDIA, key), options);
      if (response) return response;
      const task = await requestedTask(context, task_id).stream(videoOfFile(file));
      return missingFileResponse(linksFor(context), task_id, videoOfFile(file), file, task);
    });
  }
  return routes;
}

function route(prefix: string, summary: string) {
  const video = { content: { "video/mp4": { schema: z.string().openapi({ format: "binary" }) } } };
  return createRoute({
    method: "get",
    path: `${prefix}/{task_id}/{file}`,
    tags: ["Files"],
    summary,
    description:
      "Supports HEAD, conditional requests and Range with one or several ranges (RFC 9110). " +
      "`x-edgereel-cache` says whether the edge cache had the file: HIT, MISS or BYPASS.",
    request: { params },
    responses: {
      200: { description: "The whole file.", ...video },
      206: { description: "The requested range, or several ranges as multipart/byteranges.", ...video },
      304: { description: "The client's copy is current." },
      409: jsonResponse(unfinishedFileSchema, "The file is not ready yet. `data.stream` plays the part that is."),
      ...errorResponses(404, 412, 416),
    },
  });
}
