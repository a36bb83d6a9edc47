import { z } from "zod";
import { deletePrefix } from "./delete-objects.ts";
import { PartBuffer } from "./part-buffer.ts";
import { PART_SIZE } from "./put-stream.ts";

/** The state of a {@link PartialObject}. Keep it while the object is unfinished. */
export const partialStateSchema = z.strictObject({
  /** R2's id of the multipart upload; null before the first whole part. */
  uploadId: z.string().nullable(),
  /** The ETags of the parts, which all have the same size. */
  parts: z.array(z.string()),
  /** The bytes after the parts, less than one part: the objects that hold them, in order. */
  pieces: z.array(z.strictObject({ key: z.string(), size: z.number().int() })),
});
export type PartialState = z.infer<typeof partialStateSchema>;

/** The state of an object without bytes. */
export const NO_BYTES: PartialState = { uploadId: null, parts: [], pieces: [] };

/** The max number of parts of an object in R2. */
export const MAX_PARTS = 10_000;

/** Appends smaller than a part leave a piece each. Above this number they are joined, so that reading them stays cheap. */
const MAX_PIECES = 32;

/** Where a {@link PartialObject} goes. */
export interface PartialTarget {
  /** The key of the whole object. */
  key: string;
  /** The prefix of the keys of pieces. Nothing else may be stored below it. */
  piecePrefix: string;
  /**
   * Decides the media type from the first bytes: the first part, or the whole object if it is smaller.
   *
   * @throws whatever refuses the object. It is passed on by `append` and `finish`.
   */
  contentType(head: Uint8Array): string;
  /** Bytes of a part; at least 5 MiB, as R2 requires. */
  partSize?: number;
}

/**
 * An object in R2 that is written by several appends of any size, which may be days and processes apart. R2 wants parts
 * of equal size, so the bytes after the last whole part are stored as pieces, objects of their own, until they fill a
 * part. At most one part is in memory.
 */
export class PartialObject {
  readonly #bucket: R2Bucket;
  readonly #target: PartialTarget;
  readonly #partSize: number;
  #state: PartialState;

  constructor(bucket: R2Bucket, target: PartialTarget, state: PartialState) {
    this.#bucket = bucket;
    this.#target = target;
    this.#partSize = target.partSize ?? PART_SIZE;
    this.#state = state;
  }

  /** How many bytes a state stands for. */
  static size({ parts, pieces }: PartialState, partSize = PART_SIZE): number {
    return parts.length * partSize + sizeOf(pieces);
  }

  /**
   * Appends a body. If the body fails, the bytes before are kept.
   *
   * @param commit stores a state. Called after each part and at the end, when R2 has the bytes. What is not committed
   *   counts as never sent.
   * @throws whatever the body, R2, `commit` or the target's `contentType` throws.
   */
  async append(body: AsyncIterable<Uint8Array>, commit: (state: PartialState) => Promise<void>): Promise<void> {
    const buffer = new PartBuffer(this.#partSize);
    buffer.leaveGap(sizeOf(this.#state.pieces));
    let failure: { error: unknown } | null = null;
    const chunks = body[Symbol.asyncIterator]();
    for (;;) {
      // Errors of the body end the append. Errors of R2 are thrown at once.
      const next = await chunks.next().catch((error: unknown) => {
        failure = { error };
        return null;
      });
      if (!next || next.done) break;
      let rest: Uint8Array = next.value;
      while (rest.byteLength > 0) {
        rest = buffer.take(rest);
        if (buffer.full) await this.#writePart(buffer, commit);
      }
    }
    await this.#writePiece(buffer, commit);
    if (failure) throw (failure as { error: unknown }).error;
  }

  /**
   * Makes the object from the appended bytes and deletes the pieces. Can be called again if it failed.
   *
   * @returns the number of bytes.
   */
  async finish(): Promise<number> {
    const { uploadId, parts, pieces } = this.#state;
    const size = PartialObject.size(this.#state, this.#partSize);
    const existing = await this.#bucket.head(this.#target.key);
    if (existing?.size !== size) {
      const rest = await this.#readPieces();
      if (uploadId === null) {
        const httpMetadata = { contentType: this.#target.contentType(rest) };
        await this.#bucket.put(this.#target.key, rest, { httpMetadata });
      } else {
        const upload = this.#bucket.resumeMultipartUpload(this.#target.key, uploadId);
        const etags = pieces.length > 0 ? [...parts, (await upload.uploadPart(parts.length + 1, rest)).etag] : parts;
        await upload.complete(etags.map((etag, index) => ({ partNumber: index + 1, etag })));
      }
    }
    await deletePrefix(this.#bucket, this.#target.piecePrefix);
    return size;
  }

  /** Deletes the appended bytes and the finished object. Can be called again if it failed. */
  async remove(): Promise<void> {
    const { uploadId } = this.#state;
    if (uploadId !== null) {
      // Fails if the upload is complete, or was aborted.
      await this.#bucket
        .resumeMultipartUpload(this.#target.key, uploadId)
        .abort()
        .catch(() => undefined);
    }
    await this.#bucket.delete(this.#target.key);
    await deletePrefix(this.#bucket, this.#target.piecePrefix);
  }

  /** Uploads a full buffer as the next part. It has the bytes of the pieces at its start. */
  async #writePart(buffer: PartBuffer, commit: (state: PartialState) => Promise<void>): Promise<void> {
    await this.#loadPieces(buffer);
    const { uploadId, parts, pieces } = this.#state;
    const upload =
      uploadId === null
        ? await this.#bucket.createMultipartUpload(this.#target.key, {
            httpMetadata: { contentType: this.#target.contentType(buffer.bytes()) },
          })
        : this.#bucket.resumeMultipartUpload(this.#target.key, uploadId);
    const { etag } = await upload.uploadPart(parts.length + 1, buffer.bytes());
    await this.#change({ uploadId: upload.uploadId, parts: [...parts, etag], pieces: [] }, commit);
    buffer.clear();
    if (pieces.length > 0) await this.#bucket.delete(pieces.map(({ key }) => key));
  }

  /** Stores the bytes after the last part and piece as a new piece. */
  async #writePiece(buffer: PartBuffer, commit: (state: PartialState) => Promise<void>): Promise<void> {
    const { pieces } = this.#state;
    const known = sizeOf(pieces);
    if (buffer.filled === known) return;
    const join = pieces.length >= MAX_PIECES;
    if (join) await this.#loadPieces(buffer);
    // A new key for each piece, because R2 takes one write a second for a key.
    const key = `${this.#target.piecePrefix}${crypto.randomUUID()}`;
    const bytes = buffer.bytes(join ? 0 : known);
    await this.#bucket.put(key, bytes);
    const piece = { key, size: bytes.byteLength };
    await this.#change({ ...this.#state, pieces: join ? [piece] : [...pieces, piece] }, commit);
    if (join) await this.#bucket.delete(pieces.map((old) => old.key));
  }

  async #change(state: PartialState, commit: (state: PartialState) => Promise<void>): Promise<void> {
    await commit(state);
    this.#state = state;
  }

  async #loadPieces(buffer: PartBuffer): Promise<void> {
    let at = 0;
    for (const { key, size } of this.#state.pieces) {
      buffer.fillGap(await this.#readPiece(key, size), at);
      at += size;
    }
  }

  async #readPieces(): Promise<Uint8Array> {
    const bytes = new Uint8Array(sizeOf(this.#state.pieces));
    let at = 0;
    for (const { key, size } of this.#state.pieces) {
      bytes.set(await this.#readPiece(key, size), at);
      at += size;
    }
    return bytes;
  }

  async #readPiece(key: string, size: number): Promise<Uint8Array> {
    const object = await this.#bucket.get(key);
    if (object?.size !== size)
      throw new Error(`a piece of an upload is missing: ${object?.size ?? "no"} of ${size} bytes`);
    return object.bytes();
  }
}

function sizeOf(pieces: PartialState["pieces"]): number {
  return pieces.reduce((sum, { size }) => sum + size, 0);
}
