import { CodedError, inField } from "../api/errors.ts";
import type { Collection, File } from "../api/files.ts";
import { readConfig } from "../config/config.ts";
import { fetchFile } from "../outbound/fetch-file.ts";
import { FetchFileError } from "../outbound/fetch-file-error.ts";
import { readHead } from "../util/body-head.ts";
import { fetchingFor } from "./fetch-linked-file.ts";
import { namesOf } from "./fetched-file-name.ts";
import { withAcceptedExtension } from "./formats.ts";
import { FORMAT_HEAD_BYTES, recogniseFormat } from "./recognise-format.ts";
import { type UploadBindings, uploadFile } from "./upload-file.ts";

/** A file that the service fetches for a client. */
export interface LinkedUpload {
  owner: string;
  collection: Collection;
  url: string;
  /** The name to store it under; null for the name that its host gives. */
  name: string | null;
  /** Aborts when the client no longer waits. */
  signal: AbortSignal;
}

/**
 * Fetches a file from a link and stores it as an upload, within `INPUT_FETCH_SECONDS`. A file of the same name is
 * replaced.
 *
 * @throws CodedError `input_refused` or `input_unreachable` with `url: ` before the message; otherwise as
 *   {@link uploadFile}; the signal's reason.
 */
export async function uploadFromLink(env: UploadBindings, upload: LinkedUpload): Promise<File> {
  const { owner, collection, url } = upload;
  const config = readConfig(env);
  const timeout = AbortSignal.timeout(config.INPUT_FETCH_SECONDS * 1000);
  const signal = AbortSignal.any([upload.signal, timeout]);
  try {
    const sent = await fetchFile(url, fetchingFor(config, collection, signal));
    const { head, body } = await readHead(sent.body, FORMAT_HEAD_BYTES);
    const [suggested = "file.bin"] =
      upload.name === null ? namesOf(sent.url, sent.headers.get("content-disposition")) : [upload.name];
    const name = withAcceptedExtension(collection, suggested, recogniseFormat(head)?.contentType ?? null);
    return await uploadFile(env, { owner, collection, name, body });
  } catch (error) {
    upload.signal.throwIfAborted();
    if (timeout.aborted) {
      const message = `url: the host did not send the file within ${config.INPUT_FETCH_SECONDS} s`;
      throw new CodedError("input_unreachable", message, { cause: error });
    }
    if (!(error instanceof FetchFileError)) throw error;
    const lasting = error.lasting ? { retryable: false } : {};
    throw inField("url", new CodedError(`input_${error.reason}`, error.message, { ...lasting, cause: error }));
  }
}
