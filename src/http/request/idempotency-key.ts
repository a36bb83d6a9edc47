import { MAX_IDEMPOTENCY_KEY, type VideoRequest } from "../../api/video-request.ts";
import { DEFAULT_OWNER } from "../../auth/owner.ts";
import { sha256Hex } from "../../util/sha256.ts";
import { RequestError } from "../response/request-error.ts";

/** The header of the IETF draft "The Idempotency-Key HTTP Header Field". */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** An RFC 9651 string: printable ASCII in quotes, where a quote or backslash has a backslash before it. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** What many clients send in its place: printable ASCII without space, quote, comma or backslash. */
const BARE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/**
 * Reads the header's value; a quoted and a bare key of the same characters are the same key.
 *
 * @throws RequestError 400 when it is neither, empty or too long.
 */
export function parseIdempotencyKey(value: string): string {
  const text = value.trim();
  const key = QUOTED.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1") ?? BARE.exec(text)?.[0];
  if (key === undefined || key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY) {
    throw new RequestError(
      400,
      `Idempotency-Key: must be one key of 1 to ${MAX_IDEMPOTENCY_KEY} printable ASCII characters, in quotes or without spaces, quotes and commas`,
    );
  }
  return key;
}

/**
 * The key of a request, from its header or its body; null where it has none.
 *
 * @throws RequestError 400 when both are given and differ.
 */
export function idempotencyKeyOf(header: string | null, body: string | null): string | null {
  const key = header === null ? null : parseIdempotencyKey(header);
  if (key !== null && body !== null && key !== body) {
    throw new RequestError(400, "idempotency_key: is not the key in the header Idempotency-Key; send one of the two");
  }
  return key ?? body;
}

/**
 * The id of the task that an owner's key makes: the SHA-256 of both as a UUID of version 8 (RFC 9562). All
 * requests with the key meet in one TaskObject, which lets the first one make the task.
 */
export async function taskIdOf(key: string, owner: string): Promise<string> {
  // No owner has a slash in its name. The default one's ids are those from before there were owners.
  const whose = owner === DEFAULT_OWNER ? "idempotency-key" : `idempotency-key-of/${owner}`;
  const hash = await sha256Hex(`edgereel/${whose}/${key}`);
  const variant = ((Number.parseInt(hash[16] ?? "0", 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}

/**
 * What tells two requests apart: every field with its default, whatever order and white space they
 * came with; not the key itself.
 */
export function fingerprintOf(request: VideoRequest): Promise<string> {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return sha256Hex(JSON.stringify({ ...request, idempotency_key: null }, sorted));
}
