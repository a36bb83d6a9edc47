import { hmac } from "fast-sha256";
import { fromBase64url, toBase64url } from "./base64url.ts";

/**
 * Links that need no key: an address with `expires` (Unix seconds) and `signature` (HMAC-SHA-256 in
 * base64url) in its query. What is signed is the task's id, or id and file name, and the expiry: one
 * file's addresses for playing and for saving share a signature, any other file has another.
 */

/** What a link says of itself. */
export interface Link {
  /** Unix seconds. */
  expires: number;
  signature: Uint8Array<ArrayBuffer>;
}

const EXPIRES = /^[1-9]\d{0,11}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;
/** Into how many steps a link's life is divided: equal requests get equal links for so long. */
const STEPS = 24;

/** Reads a query's link: `none` where it has neither part, `broken` where it has no whole one. */
export function readLink(query: URLSearchParams): Link | "none" | "broken" {
  const expires = query.getAll("expires");
  const signature = query.getAll("signature");
  if (expires.length === 0 && signature.length === 0) return "none";
  const [time = "", text = ""] = [expires[0], signature[0]];
  if (expires.length !== 1 || signature.length !== 1 || !EXPIRES.test(time) || !SIGNATURE.test(text)) return "broken";
  const bytes = fromBase64url(text);
  // The last letter has two bits to spare: of the texts that give these bytes only one is ours.
  return toBase64url(bytes) === text ? { expires: Number(time), signature: bytes } : "broken";
}

/**
 * When a link given out now ends, in Unix seconds: after at least `life` seconds, and at most a
 * twenty-fourth more, so that the same address comes out for a while and caches know it again.
 *
 * @param now Unix milliseconds.
 */
export function linkExpiry(now: number, life: number): number {
  const step = Math.max(1, Math.floor(life / STEPS));
  return Math.ceil((now / 1000 + life) / step) * step;
}

/**
 * The query that makes an address a link, from `?` on. Not by Web Crypto, which answers later: a task's
 * data is also written where a change and what is told of it are one step.
 */
export function linkQuery(secret: string, path: string, expires: number): string {
  const signature = hmac(new TextEncoder().encode(secret), signedText(path, expires));
  return `?expires=${expires}&signature=${toBase64url(signature)}`;
}

/**
 * Whether a link was made for this path with one of the secrets, and holds still. Compares in constant time.
 *
 * @param now Unix milliseconds.
 */
export async function checkLink(
  secrets: readonly string[],
  path: string,
  { expires, signature }: Link,
  now: number,
): Promise<"valid" | "expired" | "forged"> {
  const text = signedText(path, expires);
  for (const secret of secrets) {
    if (await crypto.subtle.verify("HMAC", await hmacKey(secret), signature, text)) {
      return expires * 1000 > now ? "valid" : "expired";
    }
  }
  return "forged";
}

function signedText(path: string, expires: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(`edgereel-link-1\n${path}\n${expires}`));
}

/** Imported secrets: there are one or two. */
const imported = new Map<string, Promise<CryptoKey>>();
const MOST_IMPORTED = 4;

function hmacKey(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known !== undefined) return known;
  if (imported.size >= MOST_IMPORTED) imported.clear();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
  imported.set(secret, key);
  return key;
}
