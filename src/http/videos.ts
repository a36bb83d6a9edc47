import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { dryRun, dryRunSchema } from "../render/dry-run.ts";
import { type VideoRequest, videoRequestSchema } from "../timeline/request.ts";
import { describeIssues, success, successSchema } from "./envelope.ts";
import { RequestError } from "./errors.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { checkCaptions, resolveFiles } from "./request-files.ts";
import { type AppEnv, router } from "./router.ts";

/** Largest body of a request for a video, in bytes. */
const MAX_BODY = 256 * 1024;

const createVideoRoute = createRoute({
  method: "post",
  path: "/api/v1/videos",
  tags: ["Videos"],
  summary: "Start making videos",
  description:
    "Answers at once; follow the task with `GET /api/v1/tasks/{task_id}`. With `dry_run` it answers the plan and makes no task.",
  request: { body: { content: { "application/json": { schema: videoRequestSchema } } } },
  responses: {
    200: jsonAnswer(
      successSchema(z.union([z.object({ task_id: z.uuid() }), dryRunSchema])),
      "The task was made; or with `dry_run` the plan of one.",
    ),
    ...refusals(400, 413),
  },
});

/** `/api/v1/videos` */
export function videoRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(createVideoRoute);
  // Read here and not by the route's validator, so that a body which is no JSON, or says that it is
  // something else, gets an answer that names the fault.
  routes.post(createVideoRoute.path, async (context) => {
    const request = parseRequest(await readBody(context.req.raw));
    const id = crypto.randomUUID();
    const input = await resolveFiles(context.env, request, id);
    await checkCaptions(context.env, input);
    if (request.dry_run) return context.json(success(await dryRun(context.env, input, id)), 200);
    await context.env.TASKS.getByName(id).create(id, input);
    return context.json(success({ task_id: id }), 200);
  });
  return routes;
}

async function readBody(request: Request): Promise<unknown> {
  const tooLarge = () => new RequestError(413, `the body is larger than ${MAX_BODY} bytes`);
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY) throw tooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  // A body that does not say its length is read no further than it may be long.
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  const text = await new Blob(chunks).text();
  if (text.trim() === "") throw new RequestError(400, "the body is empty: send a JSON object");
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, "the body is not valid JSON");
  }
}

function parseRequest(body: unknown): VideoRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new RequestError(400, "the body must be a JSON object");
  const parsed = videoRequestSchema.safeParse(body);
  if (!parsed.success) throw new RequestError(400, describeIssues(parsed.error));
  return parsed.data;
}
