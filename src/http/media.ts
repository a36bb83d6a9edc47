import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { isPublicFile, keys } from "../media/keys.ts";
import { serveObject } from "../media/serve.ts";
import { errorResponse } from "./envelope.ts";
import { refusals } from "./openapi.ts";
import { type AppEnv, router } from "./router.ts";

const params = z.object({
  task_id: z
    .string()
    .openapi({ param: { name: "task_id", in: "path" }, example: "6c85c8cc-a77a-42b9-bc30-947815aa0558" }),
  file: z.string().openapi({ param: { name: "file", in: "path" }, example: "final-1.mp4" }),
});

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The addresses of a task's files, and whether each saves the file rather than playing it. */
const ADDRESSES = [
  { prefix: "/api/v1/stream", attachment: false, summary: "Play a file" },
  { prefix: "/api/v1/download", attachment: true, summary: "Download a file" },
  { prefix: "/tasks", attachment: false, summary: "Play a file, at the address given in the task" },
];

/** `/api/v1/stream`, `/api/v1/download` and `/tasks/{task_id}/{file}` */
export function mediaRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const { prefix, attachment, summary } of ADDRESSES) {
    routes.openAPIRegistry.registerPath(route(prefix, summary));
    // Hono answers HEAD by the same handler, without the body.
    routes.get(`${prefix}/:task_id/:file`, async (context) => {
      const { task_id, file } = context.req.param();
      const missing = () => errorResponse(404, `there is no ${prefix}/${task_id}/${file}`);
      if (!UUID.test(task_id) || !isPublicFile(file)) return missing();
      const { method, headers } = context.req.raw;
      const answer = await serveObject(context.env.MEDIA, keys.output(task_id, file), {
        method,
        headers,
        attachment: attachment ? file : null,
      });
      return answer ?? missing();
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
    description: "Supports Range and conditional requests (RFC 9110), and HEAD.",
    request: { params },
    responses: {
      200: { description: "The whole file.", ...video },
      206: { description: "The range asked for.", ...video },
      304: { description: "The copy that the caller has is current." },
      ...refusals(404, 412, 416),
    },
  });
}
