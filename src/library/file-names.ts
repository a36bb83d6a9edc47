import { CodedError } from "../api/errors.ts";

/** A file name is not valid. The message says why. */
export class FileNameError extends CodedError {
  override name = "FileNameError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_request", message, options);
  }
}

/** Max length of a file name, in bytes of UTF-8. */
const MAX_FILE_NAME_BYTES = 200;

/**
 * Returns the name under which a file is stored: Unicode NFC, with each run of characters other than letters, digits,
 * dots, dashes and underscores replaced by `_`, and without dots and underscores at the start.
 *
 * @throws FileNameError if the name is a path, empty, without an extension, or longer than {@link MAX_FILE_NAME_BYTES}.
 */
export function cleanFileName(given: string): string {
  const text = given.normalize("NFC").trim();
  if (/[/\\]/.test(text) || text.includes("\0") || text === "." || text === "..") {
    throw new FileNameError(`${JSON.stringify(given)} is a path, not a file name`);
  }
  const name = text.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
  if (!/[^._-]/.test(name.replace(/\.[^.]*$/, ""))) throw new FileNameError("the file name is empty");
  if (!/\.[^.]+$/.test(name)) throw new FileNameError(`${JSON.stringify(given)} has no extension`);
  if (new TextEncoder().encode(name).length > MAX_FILE_NAME_BYTES) {
    throw new FileNameError(`the file name is longer than ${MAX_FILE_NAME_BYTES} bytes`);
  }
  return name;
}
