import { DurableObject } from "cloudflare:workers";
import { CodedError } from "../../api/errors.ts";
import { byteQuota, tooManyBytes } from "../../auth/quota.ts";
import { isDatabaseUnavailable } from "../../db/database-unavailable.ts";
import { MediaLibrary } from "../../db/media-files.ts";
import { UnfinishedUploads } from "../../db/unfinished-uploads.ts";
import { keys } from "../../storage/keys.ts";
import { NO_BYTES, PartialObject, type PartialState } from "../../storage/partial-object.ts";
import { drain, MAX_DRAINED_UPLOAD_BYTES } from "../../util/drain.ts";
import { log, messageOf } from "../../util/log.ts";
import { mediaType } from "../formats.ts";
import { errorOfFile, listStoredFile, type UploadBindings } from "../upload-file.ts";
import { receivedBytes, verifiedBytes } from "./received-body.ts";
import { hashOfObject, RunningHash } from "./running-hash.ts";
import {
  type Checksum,
  type UploadOutcome,
  type UploadProgress,
  type UploadRecord,
  type UploadStart,
  uploadRecordSchema,
} from "./upload-calls.ts";

const RECORD = "upload";
/** How long an upload waits for more bytes, and how long a finished one is remembered. */
const IDLE_LIFE_MS = 24 * 3600_000;
/** How long an upload may take in all. R2 aborts a multipart upload after seven days. */
const MAX_LIFE_MS = 6 * 24 * 3600_000;
/** When to try again to delete what an expired upload left in R2 and D1. */
const CLEAN_UP_RETRY_MS = 600_000;

/** A request that appends bytes. */
interface Appending {
  stop: AbortController;
  ended: Promise<unknown>;
}

/**
 * One resumable upload, addressed by its id: the only writer of its bytes. A later request to append or resume ends an
 * earlier one, because a client that lost its connection knows so before the service does.
 *
 * The last byte counts as received only once the file is in its collection. A client that missed the answer to it, or
 * got a passing error, therefore sends one byte again, and gets the answer of the inspection.
 */
export class UploadObject extends DurableObject<UploadBindings> {
  #appending: Appending | null = null;
  #finishing: Promise<UploadOutcome> | null = null;
  /** The hash of the bytes so far, if this object has seen all of them since it started. */
  #hash: RunningHash | null = null;

  async begin(start: UploadStart): Promise<UploadOutcome> {
    const now = Date.now();
    const { id, owner, size } = start;
    const expiresAt = now + IDLE_LIFE_MS;
    const record: UploadRecord = { ...start, createdAt: now, expiresAt, received: NO_BYTES, sha256: null, file: null };
    await this.#store(record);
    await this.ctx.storage.setAlarm(expiresAt);
    const quota = byteQuota(this.env);
    const unfinished = new UnfinishedUploads(this.env.DB);
    const row = { id, owner, key: keyOf(record), size, endsAt: now + MAX_LIFE_MS + IDLE_LIFE_MS };
    if (await unfinished.add(row, now, quota)) return progressOf(record);
    const error = tooManyBytes(quota ?? 0, await unfinished.bytes(owner, now));
    await this.ctx.storage.deleteAll();
    return refusalOf(error);
  }

  async progress(owner: string, resuming: boolean): Promise<UploadOutcome> {
    if (!(await this.#record(owner))) return { kind: "unknown" };
    if (resuming) await this.#endAppending();
    const record = await this.#record(owner);
    return record ? progressOf(record) : { kind: "unknown" };
  }

  async append(
    owner: string,
    offset: number,
    body: ReadableStream<Uint8Array>,
    checksum: Checksum | null,
  ): Promise<UploadOutcome> {
    if (!(await this.#record(owner))) return { kind: "unknown" };
    await this.#endAppending();
    const stop = new AbortController();
    const work = this.#append(owner, offset, body, checksum, stop.signal);
    const appending = { stop, ended: work.catch(() => undefined) };
    this.#appending = appending;
    try {
      return await work;
    } catch (error) {
      // So that a client that is still sending gets the response.
      if (!stop.signal.aborted) await drain(body, MAX_DRAINED_UPLOAD_BYTES);
      if (error instanceof CodedError) return refusalOf(error);
      throw error;
    } finally {
      if (this.#appending === appending) this.#appending = null;
    }
  }

  async remove(owner: string): Promise<boolean> {
    if (!(await this.#record(owner))) return false;
    await this.#endAppending();
    await this.#finishing;
    const record = await this.#record(owner);
    if (record) await this.#dispose(record);
    return true;
  }

  /** Deletes the upload if it has expired. */
  override async alarm(): Promise<void> {
    const record = await this.#record();
    if (!record) return;
    if (this.#appending !== null || this.#finishing !== null || record.expiresAt > Date.now()) {
      await this.ctx.storage.setAlarm(Math.max(record.expiresAt, Date.now() + CLEAN_UP_RETRY_MS));
      return;
    }
    try {
      await this.#dispose(record);
    } catch (error) {
      // The runtime repeats a failed alarm only a few times.
      log("upload_not_removed", { message: messageOf(error) });
      await this.ctx.storage.setAlarm(Date.now() + CLEAN_UP_RETRY_MS);
    }
  }

  async #append(
    owner: string,
    offset: number,
    body: ReadableStream<Uint8Array>,
    checksum: Checksum | null,
    signal: AbortSignal,
  ): Promise<UploadOutcome> {
    const record = await this.#record(owner);
    if (!record) return { kind: "unknown" };
    const expected = offsetOf(record);
    if (offset !== expected) {
      throw new CodedError("conflict", `Upload-Offset: is ${offset}, but the upload continues at ${expected}`);
    }
    const received = receivedBytes(body, record.size - offset, signal);
    const size = PartialObject.size(record.received);
    if (size === record.size) {
      // All bytes have arrived before. The last one comes again, or none.
      for await (const _ of received);
      return record.file ? progressOf(record) : this.#finish(record);
    }
    const object = partialObject(this.env.MEDIA, record);
    if (size === 0) this.#hash = new RunningHash();
    const bytes = this.#hash?.size === size ? this.#hash.over(received) : received;
    try {
      if (checksum) {
        // Counts only if the whole body is right.
        let last: PartialState | null = null;
        await object.append(verifiedBytes(bytes, checksum), async (state) => {
          last = state;
        });
        if (last) await this.#received(record, last);
      } else {
        await object.append(bytes, (state) => this.#received(record, state));
      }
    } catch (error) {
      // The format is refused by the first bytes.
      if (isFinal(error) && isAboutFile(error)) await this.#dispose(record);
      throw errorOfFile(error);
    }
    return PartialObject.size(record.received) === record.size ? this.#finish(record) : progressOf(record);
  }

  /** Stores that bytes have arrived. */
  async #received(record: UploadRecord, received: PartialState): Promise<void> {
    const expiresAt = Math.min(Date.now() + IDLE_LIFE_MS, record.createdAt + MAX_LIFE_MS);
    await this.#store(Object.assign(record, { received, expiresAt }));
  }

  /** Finishes the upload, once at a time. */
  async #finish(record: UploadRecord): Promise<UploadOutcome> {
    this.#finishing ??= this.#addToLibrary(record).finally(() => {
      this.#finishing = null;
    });
    return this.#finishing;
  }

  /** Makes the object, inspects it and adds it to its collection. Each step may have been done before a crash. */
  async #addToLibrary(record: UploadRecord): Promise<UploadOutcome> {
    const { id, owner, collection, name, size } = record;
    const key = keyOf(record);
    try {
      if (record.sha256 === null) {
        await partialObject(this.env.MEDIA, record).finish();
        await this.#store(Object.assign(record, { sha256: await this.#sha256(key, size) }));
      }
      const { sha256 } = record;
      if (sha256 === null) throw new TypeError("the hash was just stored");
      const listed = await new MediaLibrary(this.env.DB, owner).has(id);
      const file = listed
        ? { name, size, file: name }
        : await listStoredFile(this.env, { owner, collection, name, id, key, size, sha256 });
      await this.#store(Object.assign(record, { file }));
    } catch (error) {
      if (isFinal(error)) await this.#dispose(record);
      throw errorOfFile(error);
    }
    // Without it, the row goes when the upload is forgotten.
    await new UnfinishedUploads(this.env.DB).remove(id).catch(() => undefined);
    return progressOf(record);
  }

  /** The SHA-256 of the whole file, which R2 has. */
  async #sha256(key: string, size: number): Promise<string> {
    const hash = this.#hash?.size === size ? this.#hash : await hashOfObject(this.env.MEDIA, key, size);
    this.#hash = null;
    return hash.digest();
  }

  /** Ends a request that appends bytes, after it has stored what it has. */
  async #endAppending(): Promise<void> {
    const current = this.#appending;
    if (current === null || this.#finishing !== null) return;
    current.stop.abort(new CodedError("conflict", "another request continued the upload"));
    await current.ended;
  }

  /** Deletes everything of the upload except a file that is in its collection. */
  async #dispose(record: UploadRecord): Promise<void> {
    const listed = record.file !== null || (await new MediaLibrary(this.env.DB, record.owner).has(record.id));
    if (!listed) await partialObject(this.env.MEDIA, record).remove();
    await new UnfinishedUploads(this.env.DB).remove(record.id);
    await this.ctx.storage.deleteAll();
  }

  async #record(owner?: string): Promise<UploadRecord | null> {
    const record = uploadRecordSchema.nullable().parse((await this.ctx.storage.get(RECORD)) ?? null);
    return owner === undefined || record?.owner === owner ? record : null;
  }

  async #store(record: UploadRecord): Promise<void> {
    await this.ctx.storage.put(RECORD, record);
  }
}

function keyOf({ collection, id, name }: Pick<UploadRecord, "collection" | "id" | "name">): string {
  return keys.upload(collection, id, name);
}

function partialObject(bucket: R2Bucket, record: UploadRecord): PartialObject {
  const { collection, name } = record;
  const contentType = (head: Uint8Array) => mediaType(collection, name, head);
  const target = { key: keyOf(record), piecePrefix: keys.uploadPieces(record.id), contentType };
  return new PartialObject(bucket, target, record.received);
}

/** How many bytes the client need not send again: at most all but one before the file is in its collection. */
function offsetOf({ received, size, file }: UploadRecord): number {
  return file ? size : Math.min(PartialObject.size(received), size - 1);
}

function progressOf(record: UploadRecord): { kind: "progress"; progress: UploadProgress } {
  const { collection, name, metadata, size, expiresAt, file } = record;
  return {
    kind: "progress",
    progress: { collection, name, metadata, size, expiresAt, file, offset: offsetOf(record) },
  };
}

function refusalOf({ code, message, headers }: CodedError): UploadOutcome {
  return { kind: "refused", error: { code, message, headers } };
}

/** Whether the same bytes would get this error again. */
function isFinal(error: unknown): error is CodedError {
  return error instanceof CodedError && !error.retryable && !isDatabaseUnavailable(error);
}

/** Whether an error of an append is about the file. The others are about the request, and the upload can go on. */
function isAboutFile({ code }: CodedError): boolean {
  return code === "unsupported_file" || code === "bad_input";
}
