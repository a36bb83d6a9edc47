import { AccessError, unauthenticated } from "./access-error.ts";
import { digestOfApiKey, idOfApiKey, presentedKey } from "./api-key.ts";
import type { KeyStore } from "./key-store.ts";
import type { Scope } from "./scopes.ts";

/** The owner who sent a request, according to its key. */
export interface KeyHolder {
  owner: string;
  keyId: string;
  scopes: Scope[];
  /** When the key must be checked again, in Unix milliseconds. */
  until: number;
}

/** The error message of a service that has no key yet. */
export const NO_KEYS_MESSAGE = "this service has no API key yet: create one with `npm run keys -- create --owner NAME`";

/**
 * Finds the owner of the key in a request. Only a client that has the whole key learns that it was revoked or has
 * expired.
 *
 * @param now Unix milliseconds.
 * @returns null if the request contains no key.
 * @throws AccessError `unauthenticated` for an unknown, revoked or expired key; `invalid_request` for two different keys;
 *   `not_configured` if the service has no keys; `database_unavailable`.
 */
export async function authenticate(
  store: KeyStore,
  database: D1Database,
  headers: Headers,
  now: number,
): Promise<KeyHolder | null> {
  const presented = presentedKey(headers);
  if (presented === null) return null;
  const id = idOfApiKey(presented);
  const found = id === null ? null : await store.find(database, id);
  const key = found?.key;
  if (!key || !crypto.subtle.timingSafeEqual(await digestOfApiKey(presented), key.digest)) {
    if (!(await store.hasAnyKey(database))) throw new AccessError("not_configured", NO_KEYS_MESSAGE);
    throw unauthenticated("this API key does not exist", true);
  }
  if (key.revokedAt !== null) throw unauthenticated("this API key was revoked", true);
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw unauthenticated(`this API key expired at ${new Date(key.expiresAt).toISOString()}`, true);
  }
  const until = Math.min(found?.until ?? 0, key.expiresAt ?? Number.POSITIVE_INFINITY);
  return { owner: key.owner, keyId: key.id, scopes: key.scopes, until };
}
