import { CodedError } from "../../api/errors.ts";
import { MAX_IDEMPOTENCY_KEY_LENGTH } from "../../api/video-request.ts";

/** The header of the IETF draft "The Idempotency-Key HTTP Header Field". */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** An RFC 9651 string: printable ASCII in quotes, where a quote or backslash has a backslash before it. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What many clients send in its place: printable ASCII without space, quote, comma or backslash. */
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/**
 * Reads the header's value; a quoted and a bare key of the same characters are the same key.
 *
 * @throws CodedError 400 when it is neither, empty or too long.
 */
export function parseIdempotencyKey(value: string): string {
  const text = value.trim();
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1") ?? BARE.exec(text)?.[0];
  if (key === undefined || key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY_LENGTH) {
    throw new CodedError(
      "invalid_request",
      `Idempotency-Key: must be one key of 1 to ${MAX_IDEMPOTENCY_KEY_LENGTH} printable ASCII characters, in quotes or without spaces, quotes and commas`,
    );
  }
  return key;
}

/**
 * The key of a request, from its header or its body; null where it has none.
 *
 * @throws CodedError 400 when both are given and differ.
 */
export function idempotencyKeyOf(header: string | null, body: string | null): string | null {
  const key = header === null ? null : parseIdempotencyKey(header);
  if (key !== null && body !== null && key !== body) {
    throw new CodedError(
      "invalid_request",
      "idempotency_key: is not the key in the header Idempotency-Key; send one of the two",
    );
  }
  return key ?? body;
}
