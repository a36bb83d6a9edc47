import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { dryRunSchema } from "../../api/dry-run.ts";
import { videoRequestSchema } from "../../api/video-request.ts";
import { type CreatedTask, createTask } from "../../tasks/create/create-task.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { publicOrigin } from "../origin.ts";
import { IDEMPOTENCY_HEADER, parseIdempotencyKey } from "../request/idempotency-key.ts";
import { readJsonObject } from "../request/json-body.ts";
import { strictFields, strictQuery } from "../request/strict-fields.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

/** A request that works as soon as the clip from the README's walk-through is uploaded. */
const EXAMPLE = {
  video_subject: "Edgereel",
  video_script: "Edgereel makes short videos at the edge. You post a request.",
  video_materials: [{ url: "dusk.mp4" }],
  video_aspect: "9:16",
  video_clip_duration: 3,
};

const createVideoRoute = createRoute({
  method: "post",
  path: "/api/v1/videos",
  tags: ["Videos"],
  summary: "Create a task that makes videos",
  description:
    "First upload the files that the request names. For the example, upload `samples/dusk.mp4` of Edgereel's repository, or " +
    "a clip of yours whose name you put into the request, with `POST /api/v1/video_materials`. An https URL of a clip works " +
    "too.\n\nThe response comes at once; follow the task with `GET /api/v1/tasks/{task_id}`. With an idempotency key, in the header " +
    "`Idempotency-Key` or the field `idempotency_key`, the request can be repeated safely if its response was lost: the same " +
    "request returns the same task. The service remembers a key as long as its task, and for 24 hours after the task was " +
    "deleted. With `dry_run`, the response is the plan and no task is created.",
  request: {
    query: strictQuery,
    headers: z.object({
      "idempotency-key": z.string().optional().openapi({
        // Without an example: the API reference would send it with every request, and other requests would get a 409.
        description:
          "Any text of up to 255 printable ASCII characters, such as the UUID `8e03978e-40d5-43e8-bc93-6894a57f9324`, with or without quotes.",
      }),
    }),
    body: { required: true, content: { "application/json": { schema: videoRequestSchema, example: EXAMPLE } } },
  },
  responses: {
    200: jsonResponse(
      successSchema(z.union([z.object({ task_id: z.uuid() }), dryRunSchema])),
      "The task that this request created, or an earlier request with the same idempotency key. With `dry_run`, the plan.",
    ),
    ...errorResponses(400, 409, 413, 503),
  },
});

/** The speed of speech if a request for audio or subtitles gives none, as in MoneyPrinterTurbo. */
const DEFAULT_AUDIO_RATE = 1.2;

/** A route that makes a task which ends with one part of a video. */
function partRoute(part: "audio" | "subtitle", summary: string) {
  return createRoute({
    method: "post",
    path: `/api/v1/${part}`,
    tags: ["Videos"],
    summary,
    description: `The same as \`POST /api/v1/videos\` with \`stop_at: "${part}"\`, except that \`voice_rate\` is ${DEFAULT_AUDIO_RATE} by default.`,
    request: {
      query: strictQuery,
      body: { required: true, content: { "application/json": { schema: videoRequestSchema } } },
    },
    responses: {
      200: jsonResponse(successSchema(z.object({ task_id: z.uuid() })), "The task."),
      ...errorResponses(400, 409, 413, 503),
    },
  });
}

/** `/api/v1/videos`, `/audio` and `/subtitle` */
export function videoRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(createVideoRoute);
  // The body is read here, not by the route's validator, so that a body that is not JSON, or has another
  // Content-Type, gets an error that says what is wrong.
  routes.post(createVideoRoute.path, async (context) => {
    const created = await createFrom(context, await readJsonObject(context.req.raw));
    return created.kind === "task"
      ? context.json(success({ task_id: created.taskId }), 200)
      : context.json(success(created.plan), 200);
  });
  for (const [part, summary] of PARTS) {
    const route = partRoute(part, summary);
    routes.openAPIRegistry.registerPath(route);
    routes.post(route.path, async (context) => {
      const given: { voice_rate?: unknown } = await readJsonObject(context.req.raw);
      const voice_rate = given.voice_rate === "" ? DEFAULT_AUDIO_RATE : (given.voice_rate ?? DEFAULT_AUDIO_RATE);
      const created = await createFrom(context, { ...given, voice_rate, stop_at: part });
      return context.json(success(created.kind === "task" ? { task_id: created.taskId } : created.plan), 200);
    });
  }
  return routes;
}

const PARTS = [
  ["audio", "Create a task that makes a narration"],
  ["subtitle", "Create a task that makes a narration and its subtitle files"],
] as const;

function createFrom(context: Context<AppEnv>, body: unknown): Promise<CreatedTask> {
  const key = context.req.raw.headers.get(IDEMPOTENCY_HEADER);
  return createTask(context.env, body, {
    owner: ownerOf(context),
    origin: publicOrigin(context.req.url, context.env),
    strict: strictFields(context),
    idempotencyKey: key === null ? null : parseIdempotencyKey(key),
  });
}
