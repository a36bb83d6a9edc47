import { z } from "zod";
import type { ErrorCode } from "../../api/errors.ts";
import { collections, type File, fileSchema } from "../../api/files.ts";
import { partialStateSchema } from "../../storage/partial-object.ts";

/** What an UploadObject stores. Times in Unix milliseconds, sizes in bytes. */
export const uploadRecordSchema = z.strictObject({
  id: z.uuid(),
  owner: z.string(),
  collection: z.enum(collections),
  name: z.string(),
  /** The client's metadata, as it sent them. */
  metadata: z.string(),
  size: z.number().int(),
  createdAt: z.number(),
  expiresAt: z.number(),
  received: partialStateSchema,
  /** SHA-256 of the whole file once R2 has it. */
  sha256: z.string().nullable(),
  /** The file once it is in its collection. */
  file: fileSchema.nullable(),
});
export type UploadRecord = z.infer<typeof uploadRecordSchema>;

/** What a client says when it begins an upload. The name is valid, and the size within the max of the collection. */
export type UploadStart = Pick<UploadRecord, "id" | "owner" | "collection" | "name" | "metadata" | "size">;

/** How far an upload is. */
export interface UploadProgress extends Pick<UploadRecord, "collection" | "name" | "metadata" | "size" | "expiresAt"> {
  /** How many bytes the client need not send again. Equal to `size` once the file is in its collection. */
  offset: number;
  file: File | null;
}

/** The algorithms of checksums that clients may use. */
export const checksumAlgorithms = ["sha1", "sha256", "md5"] as const;

/** The expected checksum of a body. */
export interface Checksum {
  algorithm: (typeof checksumAlgorithms)[number];
  /** Base64. */
  value: string;
}

/** An error of a call. Errors that are thrown lose their code on the way out of a Durable Object. */
export interface UploadRefusal {
  code: ErrorCode;
  message: string;
  headers: Readonly<Record<string, string>>;
}

/** The result of a call: how far the upload is, that there is none, or why the call was refused. */
export type UploadOutcome =
  | { kind: "progress"; progress: UploadProgress }
  | { kind: "unknown" }
  | { kind: "refused"; error: UploadRefusal };

/** The calls of an UploadObject. It acts as if the upload did not exist if it belongs to another owner. */
interface UploadCalls extends Rpc.DurableObjectBranded {
  /** Begins the upload. Refused if the owner's quota does not allow it. */
  begin(start: UploadStart): Promise<UploadOutcome>;
  /** How far the upload is. With `resuming`, a request that still sends bytes ends first. */
  progress(owner: string, resuming: boolean): Promise<UploadOutcome>;
  /** Appends bytes at an offset. After the last byte, the file is inspected and added to its collection. */
  append(
    owner: string,
    offset: number,
    body: ReadableStream<Uint8Array>,
    checksum: Checksum | null,
  ): Promise<UploadOutcome>;
  /** Ends the upload and deletes its bytes, unless it is finished. False if there is none. */
  remove(owner: string): Promise<boolean>;
}

/** The Worker's binding that leads to uploads: one UploadObject per upload id. */
export interface ResumableUploadBindings {
  UPLOADS: DurableObjectNamespace<UploadCalls>;
}
