import type { OpenAPIHono, RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { CodedError } from "../../api/errors.ts";
import { collections, fileSchema } from "../../api/files.ts";
import { startOfUpload } from "../../library/resumable/begin-upload.ts";
import type { UploadOutcome, UploadProgress } from "../../library/resumable/upload-calls.ts";
import type { AppEnv } from "../app-env.ts";
import { ownerOf } from "../middleware/access.ts";
import { checkTusVersion, RESUMABLE_UPLOADS_PATH } from "../middleware/tus-headers.ts";
import { errorResponses, jsonResponse } from "../openapi-responses.ts";
import { readChecksum, readCount, readNewUpload } from "../request/tus-request.ts";
import { success, successSchema } from "../response/envelope.ts";
import { router } from "../router.ts";

const CONTENT_TYPE = "application/offset+octet-stream";
const UPLOAD_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const uploadSchema = z
  .object({
    upload_id: z.uuid(),
    collection: z.enum(collections),
    name: z.string().openapi({ example: "beach.mp4" }),
    size: z.number().int().openapi({ description: "Bytes of the whole file." }),
    offset: z.number().int().openapi({ description: "Bytes that need not be sent again." }),
    expires_at: z.iso.datetime().openapi({ description: "When the upload is deleted unless more bytes arrive." }),
    file: fileSchema.nullable().openapi({ description: "The file once it is in its collection; null before." }),
  })
  .openapi("Upload");

const header = (description: string, required = true) => ({
  description,
  required,
  schema: { type: "string" as const },
});
const version = z.literal("1.0.0").openapi({ param: { name: "Tus-Resumable", in: "header" }, example: "1.0.0" });
const count = (name: string) =>
  z
    .string()
    .regex(/^\d+$/)
    .openapi({ param: { name, in: "header" }, example: "0" });
const progressHeaders = {
  "Tus-Resumable": header("The version of the protocol: 1.0.0"),
  "Upload-Offset": header("Bytes that need not be sent again."),
  "Upload-Expires": header("When the upload is deleted unless more bytes arrive."),
};
const uploadParams = z.object({
  upload_id: z.string().openapi({ param: { name: "upload_id", in: "path" }, example: "7d6a1c2e-…" }),
});
const bytes = (required: boolean) => ({
  required,
  content: { [CONTENT_TYPE]: { schema: z.string().openapi({ format: "binary" }) } },
});

const createRoute: RouteConfig = {
  method: "post",
  path: RESUMABLE_UPLOADS_PATH,
  tags: ["Files"],
  summary: "Begin a resumable upload",
  description:
    "The tus protocol 1.0.0 (https://tus.io), for large files and bad connections. Clients such as tus-js-client and Uppy do the rest. `Upload-Metadata` has the file's name as `filename` and, unless it is a clip or image, its collection as `collection`. A body may have the first bytes.",
  request: {
    headers: z.object({
      "Tus-Resumable": version,
      "Upload-Length": count("Upload-Length"),
      "Upload-Metadata": z
        .string()
        .openapi({ param: { name: "Upload-Metadata", in: "header" }, example: "filename YmVhY2gubXA0" }),
    }),
    body: bytes(false),
  },
  responses: {
    201: {
      description: "The upload has begun. `Location` is its URL.",
      headers: { ...progressHeaders, Location: header("The URL of the upload.") },
    },
    ...errorResponses(400, 409, 412, 413, 415, 460, 503),
  },
};

const getRoute: RouteConfig = {
  method: "get",
  path: `${RESUMABLE_UPLOADS_PATH}/{upload_id}`,
  tags: ["Files"],
  summary: "Get how far a resumable upload is",
  description:
    "HEAD answers the same headers, and ends a request that still sends bytes: clients send it before they go on.",
  request: { params: uploadParams },
  responses: {
    200: {
      ...jsonResponse(successSchema(uploadSchema), "The upload."),
      headers: {
        ...progressHeaders,
        "Upload-Length": header("Bytes of the whole file."),
        "Upload-Metadata": header("As the client sent it.", false),
      },
    },
    ...errorResponses(404, 412),
  },
};

const appendDescription =
  "The body may have any number of bytes. After the last one, the file is inspected and added to its collection, and errors are those of a plain upload. Until then the offset stays one byte short of the length, so that a client that missed the response, or got a passing error, sends the last byte again.";
const appendResponses = {
  204: { description: "The bytes are stored.", headers: progressHeaders },
  ...errorResponses(400, 404, 409, 412, 413, 415, 460, 503),
};
const appendHeaders = {
  "Tus-Resumable": version,
  "Upload-Offset": count("Upload-Offset"),
  "Upload-Checksum": z
    .string()
    .optional()
    .openapi({ param: { name: "Upload-Checksum", in: "header" }, example: "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }),
};

const patchRoute: RouteConfig = {
  method: "patch",
  path: `${RESUMABLE_UPLOADS_PATH}/{upload_id}`,
  tags: ["Files"],
  summary: "Continue a resumable upload",
  description: appendDescription,
  request: { params: uploadParams, headers: z.object(appendHeaders), body: bytes(true) },
  responses: appendResponses,
};

const overrideRoute: RouteConfig = {
  method: "post",
  path: `${RESUMABLE_UPLOADS_PATH}/{upload_id}`,
  tags: ["Files"],
  summary: "Continue or end a resumable upload where PATCH or DELETE is blocked",
  description: `The same as the method that \`X-HTTP-Method-Override\` names. ${appendDescription}`,
  request: {
    params: uploadParams,
    headers: z.object({
      ...appendHeaders,
      "Upload-Offset": count("Upload-Offset").optional(),
      "X-HTTP-Method-Override": z
        .enum(["PATCH", "DELETE"])
        .openapi({ param: { name: "X-HTTP-Method-Override", in: "header" } }),
    }),
    body: bytes(false),
  },
  responses: appendResponses,
};

const deleteRoute: RouteConfig = {
  method: "delete",
  path: `${RESUMABLE_UPLOADS_PATH}/{upload_id}`,
  tags: ["Files"],
  summary: "End a resumable upload",
  description: "Deletes the bytes that have arrived. A finished upload is only forgotten; its file stays.",
  request: { params: uploadParams, headers: z.object({ "Tus-Resumable": version }) },
  responses: { 204: { description: "The upload is deleted." }, ...errorResponses(400, 404, 412) },
};

/** `/api/v1/uploads`: resumable uploads to all collections. */
export function resumableUploadRoutes(): OpenAPIHono<AppEnv> {
  const routes = router();
  for (const route of [createRoute, getRoute, patchRoute, overrideRoute, deleteRoute]) {
    routes.openAPIRegistry.registerPath(route);
  }
  routes.use(RESUMABLE_UPLOADS_PATH, checkTusVersion);
  routes.use(`${RESUMABLE_UPLOADS_PATH}/*`, checkTusVersion);
  const one = `${RESUMABLE_UPLOADS_PATH}/:upload_id`;
  routes.post(RESUMABLE_UPLOADS_PATH, begin);
  routes.get(one, show);
  routes.patch(one, append);
  routes.delete(one, remove);
  routes.post(one, (context) => {
    const method = context.req.header("x-http-method-override")?.toUpperCase();
    if (method === "PATCH") return append(context);
    if (method === "DELETE") return remove(context);
    throw new CodedError("invalid_request", "X-HTTP-Method-Override: must be PATCH or DELETE");
  });
  return routes;
}

async function begin(context: Context<AppEnv>): Promise<Response> {
  const owner = ownerOf(context);
  const { headers, body } = context.req.raw;
  const start = startOfUpload(context.env, { ...readNewUpload(headers), owner });
  const checksum = readChecksum(headers);
  const upload = context.env.UPLOADS.getByName(start.id);
  let progress = progressIn(await upload.begin(start));
  if (headers.get("content-type") === CONTENT_TYPE && body) {
    progress = progressIn(await upload.append(owner, 0, body, checksum));
  }
  const location = `${RESUMABLE_UPLOADS_PATH}/${start.id}`;
  return new Response(null, { status: 201, headers: { ...headersOf(progress), location } });
}

async function show(context: Context<AppEnv>): Promise<Response> {
  const id = idOf(context);
  const resuming = context.req.raw.method === "HEAD";
  const progress = progressIn(await context.env.UPLOADS.getByName(id).progress(ownerOf(context), resuming));
  const { collection, name, size, offset, file, metadata } = progress;
  const data: z.infer<typeof uploadSchema> = {
    ...{ upload_id: id, collection, name, size, offset },
    expires_at: new Date(progress.expiresAt).toISOString(),
    file,
  };
  return context.json(success(data), 200, {
    ...headersOf(progress),
    "upload-length": String(size),
    ...(metadata === "" ? {} : { "upload-metadata": metadata }),
  });
}

async function append(context: Context<AppEnv>): Promise<Response> {
  const id = idOf(context);
  const { headers, body } = context.req.raw;
  if (headers.get("content-type") !== CONTENT_TYPE) {
    throw new CodedError("unsupported_file", `Content-Type: must be ${CONTENT_TYPE}`);
  }
  const offset = readCount(headers, "Upload-Offset");
  const checksum = readChecksum(headers);
  const content = body ?? new Blob([]).stream();
  const upload = context.env.UPLOADS.getByName(id);
  const outcome = await upload.append(ownerOf(context), offset, content, checksum);
  return new Response(null, { status: 204, headers: headersOf(progressIn(outcome)) });
}

async function remove(context: Context<AppEnv>): Promise<Response> {
  if (!(await context.env.UPLOADS.getByName(idOf(context)).remove(ownerOf(context)))) throw notFound();
  return new Response(null, { status: 204 });
}

function idOf(context: Context<AppEnv>): string {
  const id = context.req.param("upload_id") ?? "";
  if (!UPLOAD_ID.test(id)) throw notFound();
  return id;
}

/** How far an upload is. Throws the error of a refused call. */
function progressIn(outcome: UploadOutcome): UploadProgress {
  if (outcome.kind === "progress") return outcome.progress;
  if (outcome.kind === "unknown") throw notFound();
  const { code, message, headers } = outcome.error;
  throw new CodedError(code, message, { headers });
}

function headersOf({ offset, expiresAt }: UploadProgress): Record<string, string> {
  return { "upload-offset": String(offset), "upload-expires": new Date(expiresAt).toUTCString() };
}

function notFound(): CodedError {
  return new CodedError("not_found", "this upload does not exist: it has expired, was deleted or was refused");
}
