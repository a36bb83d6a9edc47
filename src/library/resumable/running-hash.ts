import { CodedError } from "../../api/errors.ts";
import { PART_SIZE } from "../../storage/put-stream.ts";
import { toHex } from "../../util/sha256.ts";

/** The SHA-256 of bytes that arrive in several bodies. */
export class RunningHash {
  readonly #digest = new crypto.DigestStream("SHA-256");
  readonly #writer = this.#digest.getWriter();
  #size = 0;

  constructor() {
    // A hash that is not finished is dropped.
    this.#digest.digest.catch(() => undefined);
  }

  /** How many bytes were hashed. */
  get size(): number {
    return this.#size;
  }

  /** Passes a body through and hashes its bytes. */
  async *over(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of body) {
      await this.#writer.write(chunk);
      this.#size += chunk.byteLength;
      yield chunk;
    }
  }

  /** The SHA-256 in hexadecimal. Ends the hash. */
  async digest(): Promise<string> {
    await this.#writer.close();
    return toHex(await this.#digest.digest);
  }
}

/**
 * Hashes an object in R2. Reads it in ranges with pauses between, because a local R2 is in the same process, and other
 * requests would wait until the whole object is read.
 *
 * @throws CodedError `input_missing`
 */
export async function hashOfObject(bucket: R2Bucket, key: string, size: number): Promise<RunningHash> {
  const hash = new RunningHash();
  while (hash.size < size) {
    const object = await bucket.get(key, {
      range: { offset: hash.size, length: Math.min(PART_SIZE, size - hash.size) },
    });
    if (!object)
      throw new CodedError("input_missing", "the uploaded bytes are no longer stored; upload the file again");
    for await (const _ of hash.over(object.body));
    await scheduler.wait(1);
  }
  return hash;
}
