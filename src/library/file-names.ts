import { CodedError } from "../api/errors.ts";
/** A file name that cannot be taken. The message says why. */
export class FileNameError extends CodedError {
  override name = "FileNameError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_request", message, options);
  }
}

const MAX_BYTES = 200;

/**
 * The name a file is stored under: Unicode NFC, letters, digits, dots, dashes and underscores kept,
 * anything else replaced by `_`.
 *
 * @throws FileNameError for a path, an empty name, one without an extension, or one over 200 bytes of UTF-8.
 */
export function cleanFileName(given: string): string {
  const text = given.normalize("NFC").trim();
  if (/[/\\]/.test(text) || text.includes("\0") || text === "." || text === "..") {
    throw new FileNameError(`${JSON.stringify(given)} is a path, not a file name`);
  }
  const name = text.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, "_").replace(/^[._]+/, "");
  if (!/[^._-]/.test(name.replace(/\.[^.]*$/, ""))) throw new FileNameError("the file name is empty");
  if (!/\.[^.]+$/.test(name)) throw new FileNameError(`${JSON.stringify(given)} has no extension`);
  if (new TextEncoder().encode(name).length > MAX_BYTES) {
    throw new FileNameError(`the file name is longer than ${MAX_BYTES} bytes`);
  }
  return name;
}
