import { CodedError } from "../../api/errors.ts";
import { MAX_IDEMPOTENCY_KEY_LENGTH } from "../../api/video-request.ts";

/** The header of the IETF draft "The Idempotency-Key HTTP Header Field". */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** A string as in RFC 9651: printable ASCII in double quotes. Quotes and backslashes are escaped with a backslash. */
const QUOTED_KEY = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What many clients send instead: printable ASCII without spaces, quotes, commas and backslashes. */
const UNQUOTED_KEY = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/**
 * Parses the header. A key means the same with and without quotes.
 *
 * @throws CodedError `invalid_request` if the key is empty, too long or has characters that are not allowed.
 */
export function parseIdempotencyKey(value: string): string {
  const text = value.trim();
  const key = QUOTED_KEY.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1") ?? UNQUOTED_KEY.exec(text)?.[0];
  if (key === undefined || key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY_LENGTH) {
    throw new CodedError(
      "invalid_request",
      `Idempotency-Key: must be one key of 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} printable ASCII characters, in quotes or without spaces, quotes and commas`,
    );
  }
  return key;
}
