import { CodedError } from "../../api/errors.ts";
import { DEFAULT_OWNER } from "../../api/owner.ts";
import type { VideoRequest } from "../../api/video-request.ts";
import { sha256Hex } from "../../util/sha256.ts";

/**
 * The id of the task that an owner's idempotency key creates: the SHA-256 of both, as a UUID of version 8
 * (RFC 9562). So all requests with the key reach one TaskObject, and the first of them creates the task.
 */
export async function taskIdOf(key: string, owner: string): Promise<string> {
  // No owner's name contains a slash. The default owner's ids are those from before there were owners.
  const scope = owner === DEFAULT_OWNER ? "idempotency-key" : `idempotency-key-of/${owner}`;
  const hash = await sha256Hex(`edgereel/${scope}/${key}`);
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
 * A hash of everything that a request asks for: all fields with their defaults, regardless of order and white
 * space, but without the idempotency key. Two requests with the same fingerprint are the same request.
 */
export function fingerprintOf(request: VideoRequest): Promise<string> {
  const sorted = (_: string, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return sha256Hex(JSON.stringify({ ...request, idempotency_key: null }, sorted));
}

/**
 * The idempotency key of a request that may carry one beside its body and one in it; null if it has none.
 *
 * @param beside for HTTP, the key in the header `Idempotency-Key`.
 * @param inside the field `idempotency_key`.
 * @throws CodedError `invalid_request` if the two keys differ.
 */
export function oneIdempotencyKey(beside: string | null, inside: string | null): string | null {
  if (beside !== null && inside !== null && beside !== inside) {
    throw new CodedError(
      "invalid_request",
      "idempotency_key: differs from the header Idempotency-Key; send only one of them",
    );
  }
  return beside ?? inside;
}
