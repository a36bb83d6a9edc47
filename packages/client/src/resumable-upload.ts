import { ConnectionError, EdgereelError } from "./edgereel-error.ts";
import { pause, type Send } from "./transport.ts";
import type { Collection, UploadedFile } from "./types.ts";

/** The tus protocol, and its type of bytes. */
const TUS = { "tus-resumable": "1.0.0" };
const BYTES = { "content-type": "application/offset+octet-stream" };
/** Max attempts in a row that bring no byte. */
const MAX_FRUITLESS_ATTEMPTS = 6;

/** A file and where it goes. */
export interface ResumableFile {
  file: Blob;
  name: string;
  collection: Collection;
  /** Bytes of one request. */
  chunkSize: number;
  signal: AbortSignal | null;
  /** @param sent bytes that the service has. */
  onProgress(sent: number): void;
}

/**
 * Uploads a file in chunks by the tus protocol. After a broken connection it goes on where the service stopped.
 *
 * @returns null, before any byte is sent, if the service has no resumable uploads.
 */
export async function uploadInChunks(send: Send, upload: ResumableFile): Promise<UploadedFile | null> {
  const { file, name, collection, chunkSize, signal, onProgress } = upload;
  const metadata = `filename ${base64(name)},collection ${base64(collection)}`;
  const headers = { ...TUS, "upload-length": String(file.size), "upload-metadata": metadata };
  // An upload whose answer is lost has no bytes, and expires.
  const created = await send("/api/v1/uploads", { method: "POST", headers, signal }, true).catch((error: unknown) => {
    if (error instanceof EdgereelError && error.code === "not_found") return null;
    throw error;
  });
  if (created === null) return null;
  const id = created.headers.get("location")?.split("/").at(-1) ?? "";
  const path = `/api/v1/uploads/${encodeURIComponent(id)}`;
  let offset = 0;
  let fruitless = 0;
  while (offset < file.size) {
    const before = offset;
    let wait = 0;
    try {
      const body = file.slice(offset, offset + chunkSize);
      const position = { "upload-offset": String(offset) };
      const answer = await send(path, { method: "PATCH", headers: { ...TUS, ...BYTES, ...position }, body, signal });
      offset = offsetOf(answer);
    } catch (error) {
      if (!mayGoOn(error) || ++fruitless >= MAX_FRUITLESS_ATTEMPTS) throw error;
      wait = error.retryAfter ?? 0.5 * 2 ** (fruitless - 1);
      await pause(wait, signal);
      offset = offsetOf(await send(path, { method: "HEAD", headers: TUS, signal }));
    }
    if (offset > before) fruitless = 0;
    onProgress(offset);
  }
  const { data } = (await (await send(path, { headers: TUS, signal })).json()) as { data: { file: UploadedFile } };
  return data.file;
}

/** Whether the upload can go on after an error: the connection broke, the service asks for another offset, or for time. */
function mayGoOn(error: unknown): error is EdgereelError {
  return (
    error instanceof ConnectionError || (error instanceof EdgereelError && (error.retryable || error.status === 409))
  );
}

function offsetOf({ headers }: Response): number {
  return Number(headers.get("upload-offset") ?? Number.NaN);
}

/** Base64 of text in UTF-8. */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
