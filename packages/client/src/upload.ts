import { uploadInChunks } from "./resumable-upload.ts";
import type { Send } from "./transport.ts";
import type { Collection, UploadedFile } from "./types.ts";

/** How far an upload is. */
export interface UploadProgress {
  /** Bytes that the service has. */
  sent: number;
  /** Bytes of the file. */
  total: number;
}

/** Options of an upload. */
export interface UploadOptions {
  /** The file's name in the service. Default: the name of the `File`. */
  name?: string | undefined;
  /** What the file is. Default: fonts and subtitle files by their extension, sound `musics`, and others `video_materials`. */
  collection?: Collection | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
  /** Max bytes of one request. A larger file is sent in chunks, and goes on after a broken connection. Default 16 MiB. */
  chunkSize?: number | undefined;
  signal?: AbortSignal | undefined;
}

const CHUNK_SIZE = 16 * 1024 * 1024;

const COLLECTIONS: Readonly<Record<string, Collection>> = {
  ...Object.fromEntries(["ttf", "otf", "ttc"].map((extension) => [extension, "fonts" as const])),
  ...Object.fromEntries(["srt", "vtt"].map((extension) => [extension, "subtitles" as const])),
  ...Object.fromEntries(
    ["mp3", "m4a", "m4b", "aac", "wav", "flac", "ogg", "oga", "opus", "wma", "aif", "aiff", "caf", "amr"].map(
      (extension) => [extension, "musics" as const],
    ),
  ),
};

/** The collection that a file belongs to, by the extension of its name. */
export function collectionOf(name: string): Collection {
  return COLLECTIONS[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "video_materials";
}

/** Uploads a file and returns it as the service stored it. */
export async function uploadFile(send: Send, file: Blob, options: UploadOptions = {}): Promise<UploadedFile> {
  const name = options.name ?? ("name" in file && typeof file.name === "string" ? file.name : "");
  if (name === "") throw new TypeError("name: is missing; give upload() a File, or the option name");
  const { collection = collectionOf(name), onProgress = () => {}, chunkSize = CHUNK_SIZE, signal = null } = options;
  onProgress({ sent: 0, total: file.size });
  if (file.size > chunkSize) {
    const report = (sent: number) => onProgress({ sent, total: file.size });
    const stored = await uploadInChunks(send, { file, name, collection, chunkSize, signal, onProgress: report });
    if (stored) return stored;
  }
  const response = await send(...plainRequest(collection, name, file, signal));
  onProgress({ sent: file.size, total: file.size });
  const { data } = (await response.json()) as { data: UploadedFile };
  return data;
}

function plainRequest(
  collection: Collection,
  name: string,
  file: Blob,
  signal: AbortSignal | null,
): [path: string, init: RequestInit] {
  // A raw body is streamed to storage while it arrives.
  if (collection === "video_materials") {
    return [`/api/v1/video_materials/${encodeURIComponent(name)}`, { method: "PUT", body: file, signal }];
  }
  const body = new FormData();
  body.append("file", file, name);
  return [`/api/v1/${collection}`, { method: "POST", body, signal }];
}
