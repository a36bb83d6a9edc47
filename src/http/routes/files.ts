import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { readConfig } from "../../config/config.ts";
import { type MediaFile, MediaLibrary, noRoom } from "../../db/media-files.ts";
import { cleanFileName } from "../../library/file-names.ts";
import { type Collection, checkKind, collections, contentTypeFor, FormatError } from "../../library/formats.ts";
import { inspectUpload, uploadLimit } from "../../library/inspect-file.ts";
import { bundledFonts } from "../../planning/caption-sources.ts";
import { renderersFor } from "../../renderers/choose-renderer.ts";
import { deleteKeys } from "../../storage/delete-objects.ts";
import { keys } from "../../storage/keys.ts";
import { putStream, type Stored, TooLargeError } from "../../storage/put-stream.ts";
import { log, messageOf } from "../../util/log.ts";
import { ownerOf } from "../middleware/access.ts";
import { readAway } from "../middleware/drain-body.ts";
import { jsonAnswer, refusals } from "../openapi.ts";
import { byteQuota } from "../quotas.ts";
import { fileFromForm } from "../request/form-file.ts";
import { success, successSchema } from "../response/envelope.ts";
import { RequestError } from "../response/request-error.ts";
import { type AppEnv, router } from "../router.ts";

const fileSchema = z
  .object({
    name: z.string().openapi({ example: "beach.mp4" }),
    size: z.number().int().openapi({ description: "Bytes." }),
    file: z.string().openapi({ description: "What to write in a request for a video.", example: "beach.mp4" }),
  })
  .openapi("File");

const WHAT: Record<Collection, { many: string; upload: string; one: string; example: string }> = {
  video_materials: {
    many: "clips and images",
    upload: "clip or image (mp4, mov, mkv, webm, avi, flv, jpg, png, webp)",
    one: "clip or image",
    example: "beach.mp4",
  },
  musics: { many: "music", upload: "piece of music (mp3, m4a, wav, ogg)", one: "piece of music", example: "song.mp3" },
  narrations: { many: "narrations", upload: "narration (mp3, m4a, wav, ogg)", one: "narration", example: "voice.mp3" },
  fonts: {
    many: "fonts, also those that come with the service",
    upload: "subtitle font (ttf, otf, ttc)",
    one: "font",
    example: "title.ttf",
  },
  subtitles: { many: "subtitle files", upload: "subtitle file (srt, vtt)", one: "subtitle file", example: "words.srt" },
};

const fileParams = (example: string) =>
  z.object({ name: z.string().openapi({ param: { name: "name", in: "path" }, example }) });

const putRoute = createRoute({
  method: "put",
  path: "/api/v1/video_materials/{name}",
  tags: ["Files"],
  summary: "Upload a clip or image as a raw body",
  description: "For large files: streamed to storage as it arrives. A file of the same name is replaced.",
  request: {
    params: fileParams("beach.mp4"),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: { 200: jsonAnswer(successSchema(fileSchema), "It is stored."), ...refusals(400, 413, 415, 503) },
});

/** `/api/v1/video_materials`, `/musics`, `/narrations`, `/fonts` and `/subtitles` */
export function uploadRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const collection of collections) {
    routes.openapi(listRoute(collection), async (context) => {
      const uploaded = await new MediaLibrary(context.env.DB, ownerOf(context)).list(collection);
      const own = new Set(uploaded.map(({ name }) => name));
      const bundled = collection === "fonts" ? await bundledFonts(context.env) : [];
      const files = [...uploaded, ...bundled.filter(({ name }) => !own.has(name))];
      return context.json(success({ files: files.map(publicFile) }), 200);
    });
    const upload = uploadRoute(collection);
    routes.openAPIRegistry.registerPath(upload);
    routes.post(upload.path, async (context) => {
      const { name, body } = await fileFromForm(context.req.raw, "file");
      return context.json(success(await store(context, collection, name, body)), 200);
    });
    routes.openapi(deleteRoute(collection), async (context) => {
      await remove(context, collection, context.req.valid("param").name);
      return context.json(success(null), 200);
    });
  }
  routes.openAPIRegistry.registerPath(putRoute);
  routes.put("/api/v1/video_materials/:name", async (context) => {
    const { body } = context.req.raw;
    if (!body) throw new RequestError(400, "the body is empty: send the file's bytes");
    return context.json(success(await store(context, "video_materials", context.req.param("name"), body)), 200);
  });
  return routes;
}

function listRoute(collection: Collection) {
  return createRoute({
    method: "get",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `List ${WHAT[collection].many}`,
    responses: {
      200: jsonAnswer(successSchema(z.object({ files: z.array(fileSchema) })), "By name."),
      ...refusals(503),
    },
  });
}

function uploadRoute(collection: Collection) {
  return createRoute({
    method: "post",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `Upload a ${WHAT[collection].upload}`,
    description: "A file of the same name is replaced.",
    request: {
      body: {
        required: true,
        content: { "multipart/form-data": { schema: z.object({ file: z.string().openapi({ format: "binary" }) }) } },
      },
    },
    responses: { 200: jsonAnswer(successSchema(fileSchema), "It is stored."), ...refusals(400, 413, 415, 503) },
  });
}

function deleteRoute(collection: Collection) {
  return createRoute({
    method: "delete",
    path: `/api/v1/${collection}/{name}`,
    tags: ["Files"],
    summary: `Delete a ${WHAT[collection].one}`,
    description:
      "At once and for good, and its bytes no longer count for the owner's quota. Finished videos keep what they show. A task " +
      "that is still being made, or is retried, and needs the file fails with `input_missing`.",
    request: { params: fileParams(WHAT[collection].example) },
    responses: { 200: jsonAnswer(successSchema(z.null()), "It is gone."), ...refusals(400, 404) },
  });
}

/**
 * Deletes an upload. Its row first: bytes without a row are found by a sweep, and a row without bytes would fail tasks.
 *
 * @throws RequestError 404
 */
async function remove(context: Context<AppEnv>, collection: Collection, given: string): Promise<void> {
  const { env } = context;
  const name = cleanFileName(given);
  const keysOfBytes = await new MediaLibrary(env.DB, ownerOf(context)).remove(collection, name);
  if (keysOfBytes.length === 0) {
    throw new RequestError(404, `no file named ${JSON.stringify(name)} was uploaded to /api/v1/${collection}`);
  }
  await deleteKeys(env.MEDIA, keysOfBytes);
}

/** Stores an upload under a key of its own and puts it on its shelf only when it turned out to be good. */
async function store(
  context: Context<AppEnv>,
  collection: Collection,
  givenName: string,
  body: AsyncIterable<Uint8Array>,
) {
  try {
    return await storeAs(context, collection, cleanFileName(givenName), body);
  } catch (error) {
    await readAway(body);
    throw error;
  }
}

async function storeAs(
  context: Context<AppEnv>,
  collection: Collection,
  name: string,
  body: AsyncIterable<Uint8Array>,
) {
  const { env } = context;
  const library = new MediaLibrary(env.DB, ownerOf(context));
  const contentType = refuseFormat(() => contentTypeFor(collection, name));
  const id = crypto.randomUUID();
  const key = keys.upload(collection, id, name);
  const limit = Math.min(readConfig(env).UPLOAD_MAX_BYTES, uploadLimit(collection));
  const quota = byteQuota(env);
  const stored = await putWithinQuota(library, quota, limit, (most) =>
    putStream(env.MEDIA, key, body, { limit: most, contentType }),
  );
  try {
    const probe = await inspectUpload(env.MEDIA, { ...stored, collection, name, key }, await renderersFor(env, []));
    refuseFormat(() => checkKind(collection, name, probe));
    const file: MediaFile = { collection, name, key, ...stored, probe };
    await library.add(id, file, Date.now(), quota);
    return publicFile(file);
  } catch (error) {
    // Of a write whose answer was lost nobody knows whether it was done: what is on its shelf stays whole.
    if (!(await isShelved(library, id))) await env.MEDIA.delete(key);
    throw error;
  }
}

/** Whether a file is on its shelf, or may be: the sweeps remove one that is not. */
async function isShelved(library: MediaLibrary, id: string): Promise<boolean> {
  try {
    return await library.has(id);
  } catch (error) {
    log("upload_unknown", { message: messageOf(error) });
    return true;
  }
}

/** Stores no more than there is room for. What comes at once with it is counted when it is put on its shelf. */
async function putWithinQuota(
  library: MediaLibrary,
  quota: number | null,
  limit: number,
  put: (most: number) => Promise<Stored>,
): Promise<Stored> {
  if (quota === null) return put(limit);
  const bytes = await library.bytes();
  const left = quota - bytes;
  if (left <= 0) throw noRoom(quota, bytes);
  try {
    return await put(Math.min(limit, left));
  } catch (error) {
    if (error instanceof TooLargeError && left < limit) throw noRoom(quota, bytes);
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

function publicFile({ name, size }: Pick<MediaFile, "name" | "size">) {
  return { name, size, file: name };
}
