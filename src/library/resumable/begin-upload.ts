import { CodedError } from "../../api/errors.ts";
import type { Collection } from "../../api/files.ts";
import { MAX_PARTS } from "../../storage/partial-object.ts";
import { PART_SIZE, TooLargeError } from "../../storage/put-stream.ts";
import { normalizeFileName } from "../file-names.ts";
import { errorOfFile, maxFileBytes } from "../upload-file.ts";
import type { UploadStart } from "./upload-calls.ts";

/**
 * Checks what can be known of a file before its first byte.
 *
 * @param upload the name and size as the client gave them.
 * @throws CodedError with `file: ` before the message: `invalid_request` for the name, `too_large`, `bad_input` if the
 *   file is empty.
 */
export function startOfUpload(
  env: object,
  upload: { owner: string; collection: Collection; name: string; metadata: string; size: number },
): UploadStart {
  try {
    const name = normalizeFileName(upload.name);
    const limit = Math.min(maxFileBytes(env, upload.collection), MAX_PARTS * PART_SIZE);
    if (upload.size > limit) throw new TooLargeError(limit);
    if (upload.size === 0) throw new CodedError("bad_input", "the file is empty");
    return { ...upload, id: crypto.randomUUID(), name };
  } catch (error) {
    throw errorOfFile(error);
  }
}
