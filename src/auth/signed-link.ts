import { hmac } from "fast-sha256";
import { taskFileOf } from "../api/paths.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";

/**
 * Signed links: URLs that work without an API key. A link has an expiry time (Unix seconds) and a signature
 * (HMAC-SHA-256 in base64url). They are in the query as `expires` and `signature`, or in a prefix of the path,
 * `/link/<expires>.<signature>`, so that the URL ends in the file's name.
 *
 * The signed text is the expiry time and the task's id, followed by the file's name if the link is for a file. So all
 * paths of one file share a signature, and no other file does.
 */

/** The expiry time and the signature of a link. */
export interface Link {
  /** Unix seconds. */
  expires: number;
  signature: Uint8Array<ArrayBuffer>;
}

const EXPIRES = /^[1-9]\d{0,11}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{43}$/;
/** The life of a link is divided into this many steps. Expiry times are rounded up to a step; see {@link linkExpiry}. */
const EXPIRY_STEPS = 24;

/** Matches a path with a link prefix. Such a path is only valid if the rest is the path of a task's file. */
const LINK_PREFIX = /^\/link\/([^/]+)(\/.+)$/;

/** Removes the link prefix from the path of a task's file. Returns any other path unchanged. */
export function withoutLink(path: string): string {
  const [, , rest = ""] = LINK_PREFIX.exec(path) ?? [];
  return taskFileOf(rest) === null ? path : rest;
}

/**
 * Reads the link in a URL. If a URL has a link in its query and one in its path, the one in the query counts: URLs in a
 * playlist are relative to the playlist's own URL, and add their own link.
 *
 * @returns `none` if the URL has no part of a link; `broken` if the link is incomplete or malformed.
 */
export function readLink({ pathname, searchParams }: URL): Link | "none" | "broken" {
  let expires = searchParams.getAll("expires");
  let signature = searchParams.getAll("signature");
  if (expires.length === 0 && signature.length === 0) {
    const [, first, rest = ""] = LINK_PREFIX.exec(pathname) ?? [];
    if (first === undefined || taskFileOf(rest) === null) return "none";
    const dot = first.indexOf(".");
    [expires, signature] = [[first.slice(0, Math.max(0, dot))], [first.slice(dot + 1)]];
  }
  const [time = "", text = ""] = [expires[0], signature[0]];
  if (expires.length !== 1 || signature.length !== 1 || !EXPIRES.test(time) || !SIGNATURE.test(text)) return "broken";
  const bytes = fromBase64url(text);
  // The last letter has two unused bits, so several texts decode to the same bytes. Accept only the one that we produce.
  return toBase64url(bytes) === text ? { expires: Number(time), signature: bytes } : "broken";
}

/**
 * The expiry time of a link that is created now, in Unix seconds. The link works for at least `lifeSeconds`, and for at
 * most 1/24 longer: the time is rounded up, so that the same URL is returned for a while and caches can use it.
 *
 * @param now Unix milliseconds.
 */
export function linkExpiry(now: number, lifeSeconds: number): number {
  const step = Math.max(1, Math.floor(lifeSeconds / EXPIRY_STEPS));
  return Math.ceil((now / 1000 + lifeSeconds) / step) * step;
}

/** The query of a link, starting with `?`. */
export function linkQuery(secret: string, path: string, expires: number): string {
  return `?expires=${expires}&signature=${signatureOf(secret, path, expires)}`;
}

/** The path prefix of a link. It only works before the path of a task's file. */
export function linkPrefix(secret: string, path: string, expires: number): string {
  return `/link/${expires}.${signatureOf(secret, path, expires)}`;
}

/** Synchronous, unlike Web Crypto, because webhook payloads are built inside a storage transaction. */
function signatureOf(secret: string, path: string, expires: number): string {
  return toBase64url(hmac(new TextEncoder().encode(secret), signedText(path, expires)));
}

/**
 * Checks the signature and the expiry time of a link. Compares signatures in constant time.
 *
 * @param secrets the signature may be made with any of them.
 * @param path the task's id, or `<task id>/<file name>` for a file.
 * @param now Unix milliseconds.
 * @returns `forged` if the signature is wrong, even if the link has expired too.
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

/** Cache of imported secrets. `LINK_SECRETS` has one or two. */
const imported = new Map<string, CryptoKey>();
const MAX_IMPORTED_SECRETS = 4;

async function hmacKey(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known !== undefined) return known;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
  if (imported.size >= MAX_IMPORTED_SECRETS) imported.clear();
  imported.set(secret, key);
  return key;
}
