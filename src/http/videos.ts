import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Env } from "../env.ts";
import { type MediaFile, MediaLibrary } from "../media/library.ts";
import { cleanFileName, FileNameError } from "../media/names.ts";
import type { TaskMedia } from "../tasks/jobs.ts";
import type { TaskInput } from "../tasks/task-store.ts";
import { charactersWithoutGlyph } from "../timeline/captions.ts";
import { type VideoRequest, videoRequestSchema } from "../timeline/request.ts";
import { describeIssues, success, successSchema } from "./envelope.ts";
import { RequestError } from "./errors.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { type AppEnv, router } from "./router.ts";

/** Largest body of a request for a video, in bytes. */
const MAX_BODY = 256 * 1024;

const createVideoRoute = createRoute({
  method: "post",
  path: "/api/v1/videos",
  tags: ["Videos"],
  summary: "Start making videos",
  description: "Answers at once; follow the task with `GET /api/v1/tasks/{task_id}`.",
  request: { body: { content: { "application/json": { schema: videoRequestSchema } } } },
  responses: {
    200: jsonAnswer(successSchema(z.object({ task_id: z.uuid() })), "The task was made."),
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
    const input = await resolveFiles(context.env, request);
    const id = crypto.randomUUID();
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
  const request = parsed.data;
  const missing = request.subtitle_enabled ? charactersWithoutGlyph(request.video_script) : [];
  if (missing.length > 0) {
    throw new RequestError(
      400,
      `video_script: the subtitle font has no glyph for ${missing.map((character) => JSON.stringify(character)).join(", ")}; ` +
        "change the text or set subtitle_enabled to false",
    );
  }
  return request;
}

/** Finds the files that a request names, as they are now. */
async function resolveFiles(env: Env, request: VideoRequest): Promise<TaskInput> {
  const library = new MediaLibrary(env.DB);
  const names = request.video_materials.map((material, index) =>
    fileName(material.url, `video_materials[${index}].url`),
  );
  const found = await library.find("video_materials", names);
  const materials = names.map((name, index) =>
    asTaskMedia(found.get(name), name, `video_materials[${index}].url`, "video_materials"),
  );
  let narration: TaskMedia | null = null;
  if (request.custom_audio_file !== null) {
    const name = fileName(request.custom_audio_file, "custom_audio_file");
    narration = asTaskMedia((await library.find("musics", [name])).get(name), name, "custom_audio_file", "musics");
  }
  return { request, materials, narration };
}

function fileName(given: string, field: string): string {
  try {
    return cleanFileName(given);
  } catch (error) {
    if (error instanceof FileNameError) throw new RequestError(400, `${field}: ${error.message}`);
    throw error;
  }
}

function asTaskMedia(file: MediaFile | undefined, name: string, field: string, collection: string): TaskMedia {
  if (!file)
    throw new RequestError(
      400,
      `${field}: no file named ${JSON.stringify(name)} was uploaded to /api/v1/${collection}`,
    );
  const { size, sha256, key, probe } = file;
  return { input: { name, size, sha256, from: { store: "r2", key } }, probe };
}
