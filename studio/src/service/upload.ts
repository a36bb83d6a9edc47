import { Upload as TusUpload } from "tus-js-client";
import { call, keyHeaders, readEnvelope, ServiceError } from "./api.ts";
import type { Collection } from "./calls.ts";
import type { StoredFile } from "./types.ts";

/** Files from this size on are sent in parts, so that they go on where they stopped. In bytes. */
const RESUMABLE_FROM = 8 * 2 ** 20;
/** Bytes of one part. Cloudflare accepts 100 MB in a request. */
const PART_BYTES = 32 * 2 ** 20;
/** The waits before a part is sent again, in milliseconds. */
const RETRY_DELAYS = [0, 1_000, 3_000, 5_000, 10_000];

/** An upload that runs. */
export interface Upload {
  /** Resolves with the stored file; rejects with a ServiceError if the service refuses it. */
  stored: Promise<StoredFile>;
  /** Stops sending. A large file that is uploaded again goes on where this stopped, also after a reload. */
  abort(): void;
}

/**
 * Uploads a file.
 *
 * @param onProgress gets the share that was sent, 0 to 1.
 */
export function uploadFile(collection: Collection, file: File, onProgress: (share: number) => void): Upload {
  return file.size < RESUMABLE_FROM
    ? uploadWhole(collection, file, onProgress)
    : uploadInParts(collection, file, onProgress);
}

/** Uploads a file in one request. `fetch` cannot tell how much was sent, so this is an XMLHttpRequest. */
function uploadWhole(collection: Collection, file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const stored = new Promise<StoredFile>((resolve, reject) => {
    request.open("PUT", `/api/v1/${collection}/${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(keyHeaders())) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = readEnvelope(request.responseText);
      if (request.status < 300 && body?.data) resolve(body.data as StoredFile);
      else reject(new ServiceError(request.status, body?.message ?? request.statusText));
    };
    request.onerror = () => reject(new ServiceError(0, "the connection was lost"));
    request.onabort = () => reject(new ServiceError(0, "stopped"));
    request.send(file);
  });
  return { stored, abort: () => request.abort() };
}

/** Uploads a file in parts (tus 1.0.0). The browser remembers unfinished uploads. */
function uploadInParts(collection: Collection, file: File, onProgress: (share: number) => void): Upload {
  let upload: TusUpload | null = null;
  const stored = new Promise<StoredFile>((resolve, reject) => {
    const running = new TusUpload(file, {
      endpoint: "/api/v1/uploads",
      metadata: { filename: file.name, collection },
      headers: keyHeaders(),
      chunkSize: PART_BYTES,
      retryDelays: RETRY_DELAYS,
      removeFingerprintOnSuccess: true,
      // The same file may be uploaded to several collections.
      fingerprint: async () => ["edgereel", collection, file.name, file.type, file.size, file.lastModified].join("-"),
      onProgress: (sent, total) => onProgress(total > 0 ? sent / total : 0),
      onError: (error) => {
        const response = "originalResponse" in error ? error.originalResponse : null;
        const message = readEnvelope(response?.getBody() ?? "")?.message;
        reject(new ServiceError(response?.getStatus() ?? 0, message ?? error.message));
      },
      onSuccess: () => {
        call<{ file: StoredFile | null; name: string; size: number }>(
          new URL(running.url ?? "", location.href).pathname,
        )
          .then(({ file: added, name, size }) => resolve(added ?? { file: name, size }))
          .catch(reject);
      },
    });
    upload = running;
    running
      .findPreviousUploads()
      .then(([previous]) => {
        if (previous) running.resumeFromPreviousUpload(previous);
        running.start();
      })
      .catch(reject);
  });
  return { stored, abort: () => void upload?.abort() };
}
