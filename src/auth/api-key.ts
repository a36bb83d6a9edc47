import { AccessError, unauthenticated } from "./access-error.ts";
import { toBase64url } from "./base64url.ts";

/**
 * API keys: `er_<id>_<secret>`. The id finds the key's row and may be shown; the secret is 32 random
 * bytes in base64url. Only the SHA-256 of the whole is kept: with so much chance in it, a slow hash adds nothing.
 */
const API_KEY = /^er_([a-z0-9]{8})_[A-Za-z0-9_-]{43}$/;
const KEY_ID = /^[a-z0-9]{8}$/;
const ID_LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
const BEARER = /^bearer(?: +(.*))?$/i;

/** A new key with its id. */
export function newApiKey(): { id: string; key: string } {
  // 32 letters: five bits of each byte, so that every letter is as likely.
  const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => ID_LETTERS[byte & 31]).join("");
  return { id, key: `er_${id}_${toBase64url(crypto.getRandomValues(new Uint8Array(32)))}` };
}

/** The id in a key; null for what has not the form of one. */
export function idOfApiKey(key: string): string | null {
  return API_KEY.exec(key)?.[1] ?? null;
}

/** Whether a text has the form of a key's id. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** What is kept of a key: its SHA-256. */
export async function digestOfApiKey(key: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
}

/**
 * The key that a request brings, as `Authorization: Bearer` (RFC 6750) or `x-api-key`; null where it brings none.
 *
 * @throws AccessError 401 for another scheme or an empty key, 400 for two different keys.
 */
export function presentedKey(headers: Pick<Headers, "get">): string | null {
  const authorization = headers.get("authorization");
  const bearer = authorization === null ? null : BEARER.exec(authorization.trim());
  if (authorization !== null && !bearer) {
    throw unauthenticated("Authorization: send the API key as Bearer", true);
  }
  const header = headers.get("x-api-key")?.trim();
  const keys = [bearer?.[1] ?? (bearer ? "" : undefined), header].filter((key) => key !== undefined);
  const [first, second] = keys;
  if (second !== undefined && first !== second) {
    throw new AccessError("invalid_request", "Authorization and x-api-key: are two different keys; send one");
  }
  if (first === "") throw unauthenticated("the API key is empty", true);
  return first ?? null;
}
