import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError, type ErrorCode } from "../../api/errors.ts";
import { TaskCatalog } from "../../db/task-catalog.ts";
import { contentDisposition } from "../../delivery/content-disposition.ts";
import { R2File } from "../../delivery/servable-file.ts";
import { openaiErrorSchema } from "../../openai/error-body.ts";
import { openaiRemixRequestSchema, openaiVideoRequestSchema, readRemixPrompt } from "../../openai/video-fields.ts";
import { MODEL, openaiVideoSchema, videoObject } from "../../openai/video-object.ts";
import { keys, outputNames } from "../../storage/keys.ts";
import { deleteTask } from "../../tasks/steer-task.ts";
import { noTask } from "../../tasks/view/viewed-task.ts";
import type { AppEnv } from "../app-env.ts";
import { linksFor, ownerOf } from "../middleware/access.ts";
import { jsonResponse, meaningOf } from "../openapi-responses.ts";
import { publicOrigin } from "../origin.ts";
import { readForm } from "../request/form-fields.ts";
import { readJsonObject } from "../request/json-body.ts";
import { requestedTask } from "../request/requested-task.ts";
import { taskPath } from "../request/task-path.ts";
import { missingFileResponse } from "../response/missing-file.ts";
import { IMMUTABLE_FILE, serveTaskFile } from "../response/serve-task-file.ts";
import { router } from "../router.ts";
import { createFromFields, remixTask } from "./openai-create.ts";

/** Max bytes of a request with a picture or clip. Larger ones are uploaded first, and named in `file_id`. */
const MAX_REQUEST_BYTES = 24 * 1024 * 1024;
/** When a client that polls should ask again, in milliseconds. */
const POLL_AFTER_MS = 1_000;

const tags = ["OpenAI videos"];
const error = (...codes: ErrorCode[]) => jsonResponse(openaiErrorSchema, meaningOf(...codes));
const invalid = error("invalid_request");
const missing = error("not_found");
const video = jsonResponse(openaiVideoSchema, "The video.");

const createVideoRoute = createRoute({
  method: "post",
  path: "/v1/videos",
  tags,
  summary: "Create a video from a prompt",
  description:
    "Works with OpenAI's client libraries: set their base URL to `/v1` of this service. Fields of `POST /api/v1/videos` may be " +
    "sent too, such as `voice_name`. docs/openai-videos.md says what a prompt becomes.",
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: openaiVideoRequestSchema },
        "multipart/form-data": {
          schema: z.object({
            prompt: z.string(),
            input_reference: z.string().openapi({ format: "binary" }).optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: video,
    400: invalid,
    409: error("conflict"),
    413: error("too_large"),
    415: error("unsupported_file", "bad_input"),
    503: error("database_unavailable", "renderer_unavailable"),
  },
});

const listQuery = z.object({
  after: z
    .uuid({ error: "is not the id of a video" })
    .optional()
    .openapi({ description: "The last id of the page before." }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number from 1 to 100")
    .transform(Number)
    .pipe(z.number().int().min(1).max(100))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 20 }),
  order: z.enum(["desc", "asc"], { error: "must be desc or asc" }).optional().openapi({ default: "desc" }),
});

const listVideosRoute = createRoute({
  method: "get",
  path: "/v1/videos",
  tags,
  summary: "List videos",
  description: "All tasks of the owner, also those that were made in other ways.",
  request: { query: listQuery },
  responses: {
    200: jsonResponse(
      z.object({
        object: z.literal("list"),
        data: z.array(openaiVideoSchema),
        first_id: z.string().nullable(),
        last_id: z.string().nullable(),
        has_more: z.boolean(),
      }),
      "One page of videos.",
    ),
    400: invalid,
    404: missing,
    503: error("database_unavailable"),
  },
});

const getVideoRoute = createRoute({
  method: "get",
  path: "/v1/videos/{task_id}",
  tags,
  summary: "Get a video",
  request: { params: taskPath },
  responses: { 200: video, 400: invalid, 404: missing },
});

const deleteVideoRoute = createRoute({
  method: "delete",
  path: "/v1/videos/{task_id}",
  tags,
  summary: "Delete a video",
  description: "A video in progress is stopped first.",
  request: { params: taskPath },
  responses: {
    200: jsonResponse(
      z.object({ id: z.string(), object: z.literal("video.deleted"), deleted: z.literal(true) }),
      "The video is deleted.",
    ),
    400: invalid,
    404: missing,
  },
});

const contentRoute = createRoute({
  method: "get",
  path: "/v1/videos/{task_id}/content",
  tags,
  summary: "Download a video, its thumbnail or its spritesheet",
  description: "Supports HEAD, conditional requests and Range.",
  request: {
    params: taskPath,
    query: z.object({
      variant: z
        .enum(["video", "thumbnail", "spritesheet"], { error: "must be video, thumbnail or spritesheet" })
        .optional()
        .openapi({
          description: "The MP4 file (default), a JPEG of it, or a JPEG of many small pictures.",
          default: "video",
        }),
    }),
  },
  responses: {
    200: { description: "The file.", content: { "video/mp4": { schema: z.string().openapi({ format: "binary" }) } } },
    206: { description: "The requested range." },
    304: { description: "The client's copy is current." },
    400: invalid,
    404: missing,
    409: jsonResponse(openaiErrorSchema, "The video is not ready yet."),
    412: error("precondition_failed"),
    416: error("range_not_satisfiable"),
  },
});

const remixRoute = createRoute({
  method: "post",
  path: "/v1/videos/{task_id}/remix",
  tags,
  summary: "Make a video again with another prompt",
  description:
    "A new video from the request of another one, with the new prompt in place of its prompt, subject and script.",
  request: {
    params: taskPath,
    body: { required: true, content: { "application/json": { schema: openaiRemixRequestSchema } } },
  },
  responses: { 200: video, 400: invalid, 404: missing, 413: error("too_large"), 503: error("database_unavailable") },
});

const modelsRoute = createRoute({
  method: "get",
  path: "/v1/models",
  tags,
  summary: "List models",
  responses: {
    200: jsonResponse(
      z.object({
        object: z.literal("list"),
        data: z.array(z.object({ id: z.string(), object: z.literal("model"), created: z.int(), owned_by: z.string() })),
      }),
      "The only model.",
    ),
  },
});

const VARIANTS = { video: outputNames.final, thumbnail: outputNames.poster, spritesheet: outputNames.storyboardImage };

/** `/v1/videos` and `/v1/models`, in the form of OpenAI's API. */
export function openaiVideoRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  routes.openAPIRegistry.registerPath(createVideoRoute);
  routes.post(createVideoRoute.path, async (context) => {
    const { raw } = context.req;
    const isForm = /^multipart\/form-data\b/i.test(raw.headers.get("content-type") ?? "");
    const { fields, files } = isForm
      ? await readForm(raw, MAX_REQUEST_BYTES)
      : { fields: await readJsonObject(raw, MAX_REQUEST_BYTES), files: new Map<string, File>() };
    const id = await createFromFields(creation(context), { fields: { ...fields }, files, text: isForm });
    return shown(context, id);
  });

  routes.openapi(listVideosRoute, async (context) => {
    const { after, limit = 20, order = "desc" } = context.req.valid("query");
    const query = { owner: ownerOf(context), state: null, search: null, order, pageSize: limit };
    const from = after === undefined ? { page: 1 } : { after: await positionOf(context, after) };
    const { tasks, next } = await new TaskCatalog(context.env.DB).list({ ...query, from }, null);
    const data = tasks.map(videoObject);
    const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
    return context.json({ object: "list" as const, data, first_id, last_id, has_more: next !== null }, 200);
  });

  routes.openapi(getVideoRoute, async (context) => shown(context, context.req.valid("param").task_id));

  routes.openapi(deleteVideoRoute, async (context) => {
    const { task_id: id } = context.req.valid("param");
    await deleteTask(context.env, id, ownerOf(context));
    return context.json({ id, object: "video.deleted" as const, deleted: true as const }, 200);
  });

  routes.openapi(contentRoute, async (context) => {
    const { task_id: id } = context.req.valid("param");
    const { variant = "video" } = context.req.valid("query");
    const file = VARIANTS[variant](1);
    const options = {
      disposition: contentDisposition("attachment", `${id}${file.slice(file.lastIndexOf("."))}`),
      cacheControl: IMMUTABLE_FILE,
    };
    const key = keys.output(id, file);
    const response = await serveTaskFile(context, id, key, new R2File(context.env.MEDIA, key), options);
    return response ?? missingFileResponse(linksFor(context), id, 1, file, await requestedTask(context, id).stream(1));
  });

  routes.openAPIRegistry.registerPath(remixRoute);
  routes.post("/v1/videos/:task_id/remix", async (context) => {
    const parsed = taskPath.safeParse(context.req.param());
    if (!parsed.success) throw noTask(context.req.param("task_id").slice(0, 100));
    const prompt = readRemixPrompt({ ...(await readJsonObject(context.req.raw)) });
    return shown(context, await remixTask(creation(context), parsed.data.task_id, prompt));
  });

  routes.openapi(modelsRoute, (context) =>
    context.json(
      { object: "list" as const, data: [{ id: MODEL, object: "model" as const, created: 0, owned_by: MODEL }] },
      200,
    ),
  );
  return routes;
}

function creation(context: Context<AppEnv>) {
  return { env: context.env, owner: ownerOf(context), origin: publicOrigin(context.req.url, context.env) };
}

async function shown(context: Context<AppEnv>, id: string) {
  const task = await requestedTask(context, id).get();
  if (!task) throw noTask(id);
  const body = videoObject(task);
  const ended = body.status === "completed" || body.status === "failed";
  context.header("cache-control", "no-store");
  if (!ended) context.header("openai-poll-after-ms", String(POLL_AFTER_MS));
  return context.json(body, 200);
}

/** The position of a video in the list. */
async function positionOf(context: Context<AppEnv>, id: string): Promise<{ createdAt: number; id: string }> {
  const task = await requestedTask(context, id).get();
  if (!task) throw new CodedError("not_found", `after: ${noTask(id).message}`);
  return { createdAt: Date.parse(task.created_at), id };
}
