import { CodedError } from "../api/errors.ts";
import { toHex } from "../util/sha256.ts";
import { PartBuffer } from "./part-buffer.ts";

/**
 * The size of a part in R2 multipart uploads, in bytes. All parts except the last must have the same size, and at least
 * 5 MiB (R2 documentation, "Multipart upload").
 */
export const PART_SIZE = 8 * 1024 * 1024;

/** A file exceeds its max size. */
export class TooLargeError extends CodedError {
  override name = "TooLargeError";
  /** @param limit max size in bytes. */
  constructor(limit: number) {
    super("too_large", `the file is larger than ${limit} bytes`);
  }
}

/** Properties of a stored object. */
export interface Stored {
  /** Size in bytes. */
  size: number;
  /** SHA-256 of the whole object in lower-case hexadecimal. */
  sha256: string;
}

/**
 * Writes a stream of unknown length to R2. Keeps at most one part in memory. If it fails, no object is created, and an
 * unfinished multipart upload is aborted.
 *
 * @param options.limit max size in bytes.
 * @throws TooLargeError if the stream exceeds `limit`. Errors of the stream and of R2 are passed on.
 */
export async function putStream(
  bucket: R2Bucket,
  key: string,
  body: AsyncIterable<Uint8Array>,
  options: { limit: number; contentType: string },
): Promise<Stored> {
  const digest = new crypto.DigestStream("SHA-256");
  const hash = digest.getWriter();
  const writer = new PartWriter(bucket, key, options.contentType);
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > options.limit) throw new TooLargeError(options.limit);
      await hash.write(chunk);
      await writer.write(chunk);
    }
    await hash.close();
    await writer.close();
  } catch (error) {
    await hash.abort(error).catch(() => undefined);
    digest.digest.catch(() => undefined);
    await writer.abort();
    throw error;
  }
  return { size, sha256: toHex(await digest.digest) };
}

/** Collects bytes into parts and uploads them. An object smaller than one part is written in one call. */
class PartWriter {
  readonly #bucket: R2Bucket;
  readonly #key: string;
  readonly #httpMetadata: R2HTTPMetadata;
  readonly #buffer = new PartBuffer(PART_SIZE);
  #upload: R2MultipartUpload | null = null;
  #parts: R2UploadedPart[] = [];

  constructor(bucket: R2Bucket, key: string, contentType: string) {
    this.#bucket = bucket;
    this.#key = key;
    this.#httpMetadata = { contentType };
  }

  async write(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.byteLength > 0) {
      rest = this.#buffer.take(rest);
      if (this.#buffer.full) await this.#flush();
    }
  }

  async close(): Promise<void> {
    if (!this.#upload) {
      await this.#bucket.put(this.#key, this.#buffer.bytes(), { httpMetadata: this.#httpMetadata });
      return;
    }
    if (this.#buffer.filled > 0) await this.#flush();
    await this.#upload.complete(this.#parts);
  }

  async abort(): Promise<void> {
    await this.#upload?.abort().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    this.#upload ??= await this.#bucket.createMultipartUpload(this.#key, { httpMetadata: this.#httpMetadata });
    this.#parts.push(await this.#upload.uploadPart(this.#parts.length + 1, this.#buffer.bytes()));
    this.#buffer.clear();
  }
}
