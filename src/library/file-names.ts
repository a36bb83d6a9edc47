import { CodedError } from "../api/errors.ts";

/** A file name is not valid. The message says why. */
export class FileNameError extends CodedError {
  override name = "FileNameError";

  constructor(message: string, options?: ErrorOptions) {
    super("invalid_request", message, options);
  }
}

/**
 * Max length of a file name, in UTF-16 code units: the max of Windows and macOS, and at least the max of Linux. In UTF-8,
 * such a name has at most 765 bytes. An R2 key may have 1024.
 */
const MAX_FILE_NAME_LENGTH = 255;

/**
 * The characters that change the direction of the text around them (Unicode UAX #9 §2). With one of them,
 * `exe.4pm` may be shown as `mp4.exe`. The marks U+200E, U+200F and U+061C are harmless, and Arabic and Hebrew names
 * contain them.
 */
const DIRECTION_CONTROLS: Record<string, string> = {
  "\u202A": "LEFT-TO-RIGHT EMBEDDING",
  "\u202B": "RIGHT-TO-LEFT EMBEDDING",
  "\u202C": "POP DIRECTIONAL FORMATTING",
  "\u202D": "LEFT-TO-RIGHT OVERRIDE",
  "\u202E": "RIGHT-TO-LEFT OVERRIDE",
  "\u2066": "LEFT-TO-RIGHT ISOLATE",
  "\u2067": "RIGHT-TO-LEFT ISOLATE",
  "\u2068": "FIRST STRONG ISOLATE",
  "\u2069": "POP DIRECTIONAL ISOLATE",
};

/** Control characters, line and paragraph separators, halves of surrogate pairs, and {@link DIRECTION_CONTROLS}. */
const REFUSED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/**
 * Returns the name under which a file is stored, and by which it is found: the given name in Unicode NFC, without spaces
 * around it.
 *
 * @throws FileNameError if the name is a path, empty, without an extension, longer than {@link MAX_FILE_NAME_LENGTH}, or
 *   has a control character or a character that changes the direction of text.
 */
export function normalizeFileName(given: string): string {
  const refused = REFUSED.exec(given)?.[0];
  if (refused !== undefined) {
    throw new FileNameError(`the file name contains ${describe(refused)}: rename the file without it`);
  }
  const name = given.normalize("NFC").trim();
  if (/[/\\]/.test(name) || name === "." || name === "..") {
    throw new FileNameError(`${JSON.stringify(given)} is a path, not a file name`);
  }
  const stem = name.replace(/\.[^.]*$/, "");
  // Spaces, dots and invisible characters alone are no name.
  if (!/[^.\p{Z}\p{Cf}]/u.test(stem)) throw new FileNameError("the file name is empty");
  if (!/\.[^.\p{Z}\p{Cf}]+$/u.test(name)) throw new FileNameError(`${JSON.stringify(given)} has no extension`);
  if (name.length > MAX_FILE_NAME_LENGTH) {
    throw new FileNameError(`the file name is longer than ${MAX_FILE_NAME_LENGTH} characters`);
  }
  return name;
}

/**
 * The file name at the end of a path, as MoneyPrinterTurbo's responses have them. Any other text, also a path that goes
 * up, stays as it is.
 */
export function nameInPath(given: string): string {
  const steps = given.split(/[/\\]/);
  const name = steps.at(-1) ?? "";
  return steps.includes("..") || !/[^.]\.[^.]+$/.test(name) ? given : name;
}

/** A character for a message, such as `U+202E (RIGHT-TO-LEFT OVERRIDE)`. */
function describe(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `U+${code} (${DIRECTION_CONTROLS[character] ?? "a control character"})`;
}
