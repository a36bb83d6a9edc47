import { AccessError, unauthenticated } from "./access-error.ts";
import { toBase64url } from "./base64url.ts";

/**
 * API keys have the form `er_<id>_<secret>`. The id finds the key's row and is not secret. The secret is 32 random bytes
 * in base64url. Only the SHA-256 of the whole key is stored. A slow hash would add nothing, because nobody can guess 32
 * random bytes.
 */
const API_KEY = /^er_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const KEY_ID = /^[a-z0-9]{8}$/;
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const BEARER = /^bearer(?: +(.*))?$/i;

/** Creates a random key. Returns it with its id. */
export function newApiKey(): { id: string; key: string } {
  // There are 32 letters, so five bits of a random byte give each of them the same probability.
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => ID_LETTERS[byte & 31]).join("");
  return { id, key: `er_${id}_${toBase64url(crypto.getRandomValues(new Uint8Array(32)))}` };
}

/** The id in a key; null if the text does not have the form of a key. */
export function idOfApiKey(key: string): string | null {
  return API_KEY.exec(key)?.[1] ?? null;
}

/** Whether a text has the form of a key's id. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** The SHA-256 of a key, which is what D1 stores. */
export async function digestOfApiKey(key: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
}

/**
 * The key that a request contains, as `Authorization: Bearer` (RFC 6750) or `x-api-key`; null if it contains none.
 *
 * @throws AccessError `unauthenticated` for another scheme or an empty key; `invalid_request` for two different keys.
 */
export function presentedKey(headers: Pick<Headers, "get">): string | null {
  const authorization = headers.get("authorization");
  const bearer = authorization === null ? null : BEARER.exec(authorization.trim());
  if (authorization !== null && !bearer) {
    throw unauthenticated("Authorization: must be `Bearer`, a space and the API key", true);
  }
  const header = headers.get("x-api-key")?.trim();
  const keys = [bearer?.[1] ?? (bearer ? "" : undefined), header].filter((key) => key !== undefined);
  const [first, second] = keys;
  if (second !== undefined && first !== second) {
    throw new AccessError("invalid_request", "Authorization and x-api-key: contain different keys; send only one");
  }
  if (first === "") throw unauthenticated("the API key is empty", true);
  return first ?? null;
}
