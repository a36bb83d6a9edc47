import { AccessError, unauthenticated } from "./access-error.ts";
import { digestOfApiKey, idOfApiKey, presentedKey } from "./api-key.ts";
import type { KeyStore } from "./key-store.ts";
import type { Scope } from "./scopes.ts";

/** Who asks, by the key that the request brought. */
export interface KeyHolder {
  owner: string;
  keyId: string;
  scopes: Scope[];
  /** Until when that is believed without asking again, in Unix milliseconds. */
  until: number;
}

/** What to do with a service that has no key yet. */
export const NO_KEYS = "this service has no API key yet: make one with `npm run keys -- create --owner NAME`";

/**
 * Finds out who sends a request. That a key was revoked, or is too old, is said only to who has it.
 *
 * @returns null where the request brings no key.
 * @throws AccessError 401 for a key that is none, 400 for two, 503 where there is no key at all or D1 does not answer.
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
    if (!(await store.any(database))) throw new AccessError("not_configured", NO_KEYS);
    throw unauthenticated("there is no such API key", true);
  }
  if (key.revokedAt !== null) throw unauthenticated("this API key was revoked", true);
  if (key.expiresAt !== null && key.expiresAt <= now) {
    throw unauthenticated(`this API key ended at ${new Date(key.expiresAt).toISOString()}`, true);
  }
  const until = Math.min(found?.until ?? 0, key.expiresAt ?? Number.POSITIVE_INFINITY);
  return { owner: key.owner, keyId: key.id, scopes: key.scopes, until };
}
