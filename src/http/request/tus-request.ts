import { CodedError } from "../../api/errors.ts";
import { type Collection, collections } from "../../api/files.ts";
import { type Checksum, checksumAlgorithms } from "../../library/resumable/upload-calls.ts";

/** What a client says of a file before it sends it. */
export interface NewUpload {
  /** Bytes. */
  size: number;
  name: string;
  collection: Collection;
  /** The metadata as the client sent them. */
  metadata: string;
}

/** The metadata that name a file, in order of preference: `filename` is usual, Uppy also sends `name`. */
const NAME_KEYS = ["filename", "name"];
const DEFAULT_COLLECTION: Collection = "video_materials";
/** Max characters of the metadata, which are stored. */
const MAX_METADATA_LENGTH = 4096;

/**
 * Reads the headers of a request that begins a resumable upload (tus 1.0, extension "creation").
 *
 * @throws CodedError `invalid_request`
 */
export function readNewUpload(headers: Headers): NewUpload {
  if (headers.has("upload-defer-length")) {
    throw invalid("Upload-Defer-Length: is not supported; send the file's bytes as Upload-Length");
  }
  const size = readCount(headers, "Upload-Length");
  const metadata = headers.get("upload-metadata") ?? "";
  if (metadata.length > MAX_METADATA_LENGTH) {
    throw invalid(`Upload-Metadata: is longer than ${MAX_METADATA_LENGTH} characters`);
  }
  const values = readMetadata(metadata);
  const name = NAME_KEYS.map((key) => values.get(key)).find((value) => value !== undefined);
  if (name === undefined) {
    throw invalid("Upload-Metadata: has no filename; send `filename` followed by the file's name in Base64");
  }
  const given = values.get("collection") ?? DEFAULT_COLLECTION;
  const collection = collections.find((known) => known === given);
  if (!collection) {
    throw invalid(
      `Upload-Metadata: the collection ${JSON.stringify(given.slice(0, 100))} does not exist; use one of ${collections.join(", ")}`,
    );
  }
  return { size, name, collection, metadata };
}

/**
 * Reads a header that is a number of bytes.
 *
 * @throws CodedError `invalid_request`
 */
export function readCount(headers: Headers, name: "Upload-Length" | "Upload-Offset"): number {
  const text = headers.get(name);
  if (text === null) throw invalid(`${name}: is missing`);
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw invalid(`${name}: ${JSON.stringify(text.slice(0, 100))} is not a number of bytes`);
  }
  return count;
}

/**
 * Reads the header `Upload-Checksum` (tus 1.0, extension "checksum"); null if there is none.
 *
 * @throws CodedError `invalid_request`
 */
export function readChecksum(headers: Headers): Checksum | null {
  const text = headers.get("upload-checksum");
  if (text === null) return null;
  const [name = "", value = "", ...more] = text.split(" ");
  const algorithm = checksumAlgorithms.find((known) => known === name);
  if (!algorithm || more.length > 0 || decodeBase64(value) === null) {
    throw invalid(
      `Upload-Checksum: must be one of ${checksumAlgorithms.join(", ")}, a space, and the checksum in Base64`,
    );
  }
  return { algorithm, value };
}

/** Reads pairs of a key and a value in Base64. A key without a value has an empty one. */
function readMetadata(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const [key = "", encoded = "", ...more] = pair.trim().split(" ");
    const bytes = more.length === 0 ? decodeBase64(encoded) : null;
    if (key === "" || bytes === null || values.has(key)) {
      throw invalid(
        `Upload-Metadata: ${JSON.stringify(pair.trim().slice(0, 100))} is not a new key, a space, and Base64`,
      );
    }
    try {
      values.set(key, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      throw invalid(`Upload-Metadata: the value of ${JSON.stringify(key.slice(0, 100))} is not UTF-8`);
    }
  }
  return values;
}

function decodeBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return null;
  }
}

function invalid(message: string): CodedError {
  return new CodedError("invalid_request", message);
}
