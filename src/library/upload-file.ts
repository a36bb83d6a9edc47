import { CodedError, inField } from "../api/errors.ts";
import type { Collection, File } from "../api/files.ts";
import { byteQuota, tooManyBytes } from "../auth/quota.ts";
import { readConfig } from "../config/config.ts";
import { type MediaFile, MediaLibrary } from "../db/media-files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import type { RendererBindings } from "../renderers/bindings.ts";
import { renderersFor } from "../renderers/choose-renderer.ts";
import { RenderError } from "../renderers/renderer.ts";
import { deleteKeys } from "../storage/delete-objects.ts";
import { keys } from "../storage/keys.ts";
import type { InputBindings } from "../storage/open-input.ts";
import { putStream, type Stored, TooLargeError } from "../storage/put-stream.ts";
import { readHead } from "../util/body-head.ts";
import { log, messageOf } from "../util/log.ts";
import { bundledFonts } from "./bundled-fonts.ts";
import { normalizeFileName } from "./file-names.ts";
import { checkContent, mediaType } from "./formats.ts";
import { inspectFile, uploadLimit } from "./inspect-file.ts";
import { FORMAT_HEAD_BYTES } from "./recognise-format.ts";

/** The Worker's bindings that uploads need. */
export interface UploadBindings extends InputBindings, RendererBindings {
  DB: D1Database;
}

/** A file that a client uploads. */
export interface Upload {
  owner: string;
  collection: Collection;
  /** The file name from the client; see {@link normalizeFileName}. */
  name: string;
  body: AsyncIterable<Uint8Array>;
}

/**
 * Stores an upload and inspects it. If its format is supported and it can be decoded, adds it to its collection. A file
 * of the same name is replaced. A failed upload leaves nothing behind.
 *
 * @throws CodedError with `file: ` before the message: `invalid_request` for the name, `unsupported_file`,
 *   `bad_input`, `too_large`, or `renderer_unavailable` if no renderer could inspect the file.
 * @throws QuotaError if the owner's uploads would exceed their quota.
 */
export async function uploadFile(env: UploadBindings, upload: Upload): Promise<File> {
  try {
    return await storeFile(env, upload);
  } catch (error) {
    throw errorOfFile(error);
  }
}

async function storeFile(env: UploadBindings, { owner, collection, name: given, body: sent }: Upload): Promise<File> {
  const name = normalizeFileName(given);
  const library = new MediaLibrary(env.DB, owner);
  const { body, contentType } = await recognised(collection, name, sent);
  const id = crypto.randomUUID();
  const key = keys.upload(collection, id, name);
  const limit = maxFileBytes(env, collection);
  const quota = byteQuota(env);
  const stored = await putWithinQuota(library, quota, limit, (max) =>
    putStream(env.MEDIA, key, body, { limit: max, contentType }),
  );
  try {
    return await listStoredFile(env, { owner, collection, name, id, key, ...stored });
  } catch (error) {
    // The row may exist although the response to the write was lost. Then its bytes must stay.
    if (!(await mayBeListed(library, id))) await env.MEDIA.delete(key);
    throw error;
  }
}

/** A file whose bytes are in R2. */
export interface StoredUpload extends Stored {
  owner: string;
  collection: Collection;
  /** As {@link normalizeFileName} returns it. */
  name: string;
  id: string;
  /** R2 key. */
  key: string;
}

/**
 * Inspects a stored file and adds it to its collection. If it fails, the caller decides about the bytes.
 *
 * @throws the same errors as {@link uploadFile}, but without `file: ` in front; see {@link errorOfFile}.
 */
export async function listStoredFile(env: UploadBindings, upload: StoredUpload): Promise<File> {
  const { owner, collection, name, id, key, size, sha256 } = upload;
  const library = new MediaLibrary(env.DB, owner);
  const quota = byteQuota(env);
  const probe = await inspectFile(env.MEDIA, upload, await renderersFor(env, []));
  checkContent(collection, name, probe);
  const file: MediaFile = { collection, name, key, size, sha256, probe };
  if (!(await library.add(id, file, Date.now(), quota))) throw tooManyBytes(quota ?? 0, await library.bytes());
  return publicFile(file);
}

/**
 * Reads the first bytes of an upload and decides its media type.
 *
 * @throws FormatError if the collection does not accept the format. The rest of the body can then still be read.
 */
async function recognised(
  collection: Collection,
  name: string,
  sent: AsyncIterable<Uint8Array>,
): Promise<{ body: AsyncIterable<Uint8Array>; contentType: string }> {
  const { head, body, release } = await readHead(sent, FORMAT_HEAD_BYTES);
  try {
    return { body, contentType: mediaType(collection, name, head) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Lists an owner's files of a collection, sorted by name. The bundled fonts come after the owner's fonts. */
export async function listFiles(env: UploadBindings, owner: string, collection: Collection): Promise<File[]> {
  const uploaded = await new MediaLibrary(env.DB, owner).list(collection);
  const names = new Set(uploaded.map(({ name }) => name));
  const bundled = collection === "fonts" ? await bundledFonts(env) : [];
  return [...uploaded, ...bundled.filter(({ name }) => !names.has(name))].map(publicFile);
}

/**
 * Deletes an uploaded file and its bytes. The row is deleted first, because a row without bytes would make tasks fail,
 * while a sweep removes bytes without a row.
 *
 * @throws CodedError `not_found`
 */
export async function deleteFile(
  env: Pick<UploadBindings, "DB" | "MEDIA">,
  owner: string,
  collection: Collection,
  given: string,
): Promise<void> {
  const name = normalizeFileName(given);
  const removed = await new MediaLibrary(env.DB, owner).remove(collection, name);
  if (removed.length === 0) {
    throw new CodedError("not_found", `no file named ${JSON.stringify(name)} was uploaded to /api/v1/${collection}`);
  }
  await deleteKeys(env.MEDIA, removed);
}

/** Whether the upload has a row in D1. True if D1 does not answer: a sweep removes the bytes if there is no row. */
async function mayBeListed(library: MediaLibrary, id: string): Promise<boolean> {
  try {
    return await library.has(id);
  } catch (error) {
    log("upload_unknown", { message: messageOf(error) });
    return true;
  }
}

/**
 * Stores a file, up to the bytes that are left of the quota. Parallel uploads may together store more; the quota is
 * checked again when a file is added.
 */
async function putWithinQuota(
  library: MediaLibrary,
  quota: number | null,
  limit: number,
  put: (max: number) => Promise<Stored>,
): Promise<Stored> {
  if (quota === null) return put(limit);
  const bytes = await library.bytes();
  const left = quota - bytes;
  if (left <= 0) throw tooManyBytes(quota, bytes);
  try {
    return await put(Math.min(limit, left));
  } catch (error) {
    if (error instanceof TooLargeError && left < limit) throw tooManyBytes(quota, bytes);
    throw error;
  }
}

const FILE_ERRORS: readonly string[] = ["invalid_request", "unsupported_file", "too_large", "bad_input"];

/** Max bytes of a file that is uploaded to a collection. */
export function maxFileBytes(env: object, collection: Collection): number {
  return Math.min(readConfig(env).UPLOAD_MAX_BYTES, uploadLimit(collection));
}

/** Puts the name of the form field in front of errors about the file. Errors of the renderer become `renderer_unavailable`. */
export function errorOfFile(error: unknown): unknown {
  if (!(error instanceof CodedError)) return error;
  if (FILE_ERRORS.includes(error.code)) return inField("file", error);
  if (!(error instanceof RenderError)) return error;
  log("inspection_failed", { code: error.code, message: error.message });
  const message = `the renderer could not inspect the file (${error.code}); see /health, and try again`;
  return new CodedError("renderer_unavailable", message, { cause: error });
}

function publicFile({ name, size, probe }: Pick<MediaFile, "name" | "size"> & { probe?: FileProbe }): File {
  const encoding = probe?.kind === "subtitles" ? probe.encoding : undefined;
  return { name, size, file: name, ...(encoding === undefined ? {} : { encoding }) };
}
