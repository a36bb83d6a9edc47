import { keyHeaders, ServiceError } from "./api.ts";
import type { Collection } from "./calls.ts";
import type { StoredFile } from "./types.ts";

/** An upload that runs. */
export interface Upload {
  /** Resolves with the stored file; rejects with a ServiceError if the service refuses it. */
  stored: Promise<StoredFile>;
  abort(): void;
}

/**
 * Uploads a file as a raw body. `fetch` cannot tell how much was sent, so this is an XMLHttpRequest.
 *
 * @param onProgress gets the share that was sent, 0 to 1.
 */
export function uploadFile(collection: Collection, file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const stored = new Promise<StoredFile>((resolve, reject) => {
    request.open("PUT", `/api/v1/${collection}/${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = readBody(request.responseText);
      if (request.status < 300 && body?.data) resolve(body.data as StoredFile);
      else reject(new ServiceError(request.status, body?.message ?? request.statusText));
    };
    request.onerror = () => reject(new ServiceError(0, "the connection was lost"));
    request.onabort = () => reject(new ServiceError(0, "stopped"));
    request.send(file);
  });
  return { stored, abort: () => request.abort() };
}

function readBody(text: string): { message: string; data: unknown } | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
