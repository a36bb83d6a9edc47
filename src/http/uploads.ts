import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import { readConfig } from "../config.ts";
import type { Env } from "../env.ts";
import { type Collection, checkKind, contentTypeFor, FormatError } from "../media/formats.ts";
import { keys } from "../media/keys.ts";
import { type MediaFile, MediaLibrary } from "../media/library.ts";
import { cleanFileName } from "../media/names.ts";
import { probeObject } from "../media/probe-object.ts";
import { putStream } from "../media/store.ts";
import { renderersFor } from "../render/choose.ts";
import { success, successSchema } from "./envelope.ts";
import { RequestError } from "./errors.ts";
import { fileFromForm } from "./form-file.ts";
import { jsonAnswer, refusals } from "./openapi.ts";
import { type AppEnv, router } from "./router.ts";

const fileSchema = z
  .object({
    name: z.string().openapi({ example: "beach.mp4" }),
    size: z.number().int().openapi({ description: "Bytes." }),
    file: z.string().openapi({ description: "What to write in a request for a video.", example: "beach.mp4" }),
  })
  .openapi("File");

const WHAT: Record<Collection, string> = {
  video_materials: "clip or image (mp4, mov, mkv, webm, avi, flv, jpg, png, webp)",
  musics: "audio file (mp3, m4a, wav, ogg)",
};

const putRoute = createRoute({
  method: "put",
  path: "/api/v1/video_materials/{name}",
  tags: ["Files"],
  summary: "Upload a clip or image as a raw body",
  description: "For large files: streamed to storage as it arrives. A file of the same name is replaced.",
  request: {
    params: z.object({ name: z.string().openapi({ param: { name: "name", in: "path" }, example: "beach.mp4" }) }),
    body: { content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 200: jsonAnswer(successSchema(fileSchema), "It is stored."), ...refusals(400, 413, 415, 503) },
});

/** `/api/v1/video_materials` and `/api/v1/musics` */
export function uploadRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const collection of ["video_materials", "musics"] as const) {
    routes.openapi(listRoute(collection), async (context) => {
      const files = await new MediaLibrary(context.env.DB).list(collection);
      return context.json(success({ files: files.map(publicFile) }), 200);
    });
    const upload = uploadRoute(collection);
    routes.openAPIRegistry.registerPath(upload);
    routes.post(upload.path, async (context) => {
      const { name, body } = await fileFromForm(context.req.raw, "file");
      return context.json(success(await store(context.env, collection, name, body)), 200);
    });
  }
  routes.openAPIRegistry.registerPath(putRoute);
  routes.put("/api/v1/video_materials/:name", async (context) => {
    const { body } = context.req.raw;
    if (!body) throw new RequestError(400, "the body is empty: send the file's bytes");
    return context.json(success(await store(context.env, "video_materials", context.req.param("name"), body)), 200);
  });
  return routes;
}

function listRoute(collection: Collection) {
  return createRoute({
    method: "get",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `List ${collection === "musics" ? "audio files" : "clips and images"}`,
    responses: { 200: jsonAnswer(successSchema(z.object({ files: z.array(fileSchema) })), "By name.") },
  });
}

function uploadRoute(collection: Collection) {
  return createRoute({
    method: "post",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `Upload a ${WHAT[collection]}`,
    description: "A file of the same name is replaced.",
    request: {
      body: {
        content: { "multipart/form-data": { schema: z.object({ file: z.string().openapi({ format: "binary" }) }) } },
      },
    },
    responses: { 200: jsonAnswer(successSchema(fileSchema), "It is stored."), ...refusals(400, 413, 415, 503) },
  });
}

/** Stores an upload under a key of its own and puts it on its shelf only when it turned out to be good. */
async function store(env: Env, collection: Collection, givenName: string, body: AsyncIterable<Uint8Array>) {
  const name = cleanFileName(givenName);
  const contentType = refuseFormat(() => contentTypeFor(collection, name));
  const id = crypto.randomUUID();
  const key = keys.upload(collection, id, name);
  const stored = await putStream(env.MEDIA, key, body, { limit: readConfig(env).UPLOAD_MAX_BYTES, contentType });
  try {
    const probe = await probeObject(env.MEDIA, { ...stored, key }, await renderersFor(env, []));
    refuseFormat(() => checkKind(collection, name, probe));
    const file: MediaFile = { collection, name, key, ...stored, probe };
    await new MediaLibrary(env.DB).add(id, file, Date.now());
    return publicFile(file);
  } catch (error) {
    await env.MEDIA.delete(key);
    throw error;
  }
}

function refuseFormat<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof FormatError) throw new RequestError(415, `file: ${error.message}`);
    throw error;
  }
}

function publicFile({ name, size }: MediaFile) {
  return { name, size, file: name };
}
