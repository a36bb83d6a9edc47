import type { OpenAPIHono } from "@hono/zod-openapi";
import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError } from "../../api/errors.ts";
import { type Collection, collections, type File, fileSchema } from "../../api/files.ts";
import { deleteFile, listFiles, type Upload, uploadFile } from "../../library/upload-file.ts";
import { drain, MAX_DRAINED_UPLOAD_BYTES } from "../../util/drain.ts";
import { largeChunks } from "../../util/large-chunks.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { fileFromForm } from "../request/form-file.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const SOUND_FORMATS = "MP3, M4A, AAC, WAV, FLAC, Ogg, WMA, AIFF, CAF, AMR";

/** How the documentation names the files of each collection. */
const FILE_NAMES: Record<Collection, { many: string; upload: string; one: string; example: string }> = {
  video_materials: {
    many: "clips and images",
    upload: "clip or image (MP4, MOV, MKV, WebM, AVI, FLV, MPEG-TS, MPEG, WMV, Ogg, GIF, JPEG, PNG, WebP, BMP, TIFF)",
    one: "clip or image",
    example: "beach.mp4",
  },
  musics: { many: "music", upload: `piece of music (${SOUND_FORMATS})`, one: "piece of music", example: "song.mp3" },
  narrations: { many: "narrations", upload: `narration (${SOUND_FORMATS})`, one: "narration", example: "voice.mp3" },
  fonts: {
    many: "fonts, including those that come with the service",
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
  description:
    "For large files. The body is streamed to storage while it arrives. Replaces an existing file of the same name.",
  request: {
    params: fileParams("beach.mp4"),
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    200: jsonResponse(successSchema(fileSchema), "The stored file."),
    ...errorResponses(400, 413, 415, 503),
  },
});

/** `/api/v1/video_materials`, `/musics`, `/narrations`, `/fonts` and `/subtitles` */
export function fileRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const collection of collections) {
    routes.openapi(listRoute(collection), async (context) => {
      const files = await listFiles(context.env, ownerOf(context), collection);
      return context.json(success({ files }), 200);
    });
    const upload = uploadRoute(collection);
    routes.openAPIRegistry.registerPath(upload);
    routes.post(upload.path, async (context) => {
      const { name, body } = await fileFromForm(context.req.raw, "file");
      return context.json(success(await store(context, { collection, name, body })), 200);
    });
    routes.openapi(deleteRoute(collection), async (context) => {
      await deleteFile(context.env, ownerOf(context), collection, context.req.valid("param").name);
      return context.json(success(null), 200);
    });
  }
  routes.openAPIRegistry.registerPath(putRoute);
  routes.put("/api/v1/video_materials/:name", async (context) => {
    const { body: sent } = context.req.raw;
    if (!sent) throw new CodedError("invalid_request", "the body is empty: send the file's bytes");
    return context.json(
      success(
        await store(context, {
          collection: "video_materials",
          name: context.req.param("name"),
          body: largeChunks(sent),
        }),
      ),
      200,
    );
  });
  return routes;
}

function listRoute(collection: Collection) {
  return createRoute({
    method: "get",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `List ${FILE_NAMES[collection].many}`,
    responses: {
      200: jsonResponse(successSchema(z.object({ files: z.array(fileSchema) })), "The files, sorted by name."),
      ...errorResponses(503),
    },
  });
}

function uploadRoute(collection: Collection) {
  return createRoute({
    method: "post",
    path: `/api/v1/${collection}`,
    tags: ["Files"],
    summary: `Upload a ${FILE_NAMES[collection].upload}`,
    description: "Replaces an existing file of the same name.",
    request: {
      body: {
        required: true,
        content: { "multipart/form-data": { schema: z.object({ file: z.string().openapi({ format: "binary" }) }) } },
      },
    },
    responses: {
      200: jsonResponse(successSchema(fileSchema), "The stored file."),
      ...errorResponses(400, 413, 415, 503),
    },
  });
}

function deleteRoute(collection: Collection) {
  return createRoute({
    method: "delete",
    path: `/api/v1/${collection}/{name}`,
    tags: ["Files"],
    summary: `Delete a ${FILE_NAMES[collection].one}`,
    description:
      "Deletes the file at once and permanently. It no longer counts towards the owner's quota. Finished videos do not " +
      "change. An unfinished or retried task that needs the file fails with `input_missing`.",
    request: { params: fileParams(FILE_NAMES[collection].example) },
    responses: { 200: jsonResponse(successSchema(z.null()), "The file is deleted."), ...errorResponses(400, 404) },
  });
}

/** Uploads a file. If it is refused, reads the rest of the request so that the client gets the response. */
async function store(context: Context<AppEnv>, upload: Omit<Upload, "owner">): Promise<File> {
  try {
    return await uploadFile(context.env, { ...upload, owner: ownerOf(context) });
  } catch (error) {
    await upload.body[Symbol.asyncIterator]().return?.();
    const { body } = context.req.raw;
    if (body && !body.locked) await drain(body, MAX_DRAINED_UPLOAD_BYTES);
    throw error;
  }
}
