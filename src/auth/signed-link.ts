import { hmac } from "fast-sha256";
import { taskFileOf } from "../api/paths.ts";
import { fromBase64url, toBase64url } from "./base64url.ts";

/**
 * Links that need no key: an address with `expires` (Unix seconds) and `signature` (HMAC-SHA-256 in
 * base64url) in its query, or with `/link/<expires>.<signature>` before its path, so that it ends in the file's
 * name. What is signed is the task's id, or id and file name, and the expiry: one file's addresses for
 * playing and for saving share a signature, any other file has another.
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

/** An address with a link before its path, which is one of a task's files: nothing else is found there. */
const LINK_FIRST = /^\/link\/([^/]+)(\/.+)$/;

/** The path without a link before it. */
export function withoutLink(path: string): string {
  const [, , rest = ""] = LINK_FIRST.exec(path) ?? [];
  return taskFileOf(rest) === null ? path : rest;
}

/**
 * Reads an address's link: `none` where it has no part of one, `broken` where it has no whole one. One in its query
 * counts before one before its path: a playlist's addresses are relative to its own, and have links of their own.
 */
export function readLink({ pathname, searchParams }: URL): Link | "none" | "broken" {
  let expires = searchParams.getAll("expires");
  let signature = searchParams.getAll("signature");
  if (expires.length === 0 && signature.length === 0) {
    const [, first, rest = ""] = LINK_FIRST.exec(pathname) ?? [];
    if (first === undefined || taskFileOf(rest) === null) return "none";
    const dot = first.indexOf(".");
    [expires, signature] = [[first.slice(0, Math.max(0, dot))], [first.slice(dot + 1)]];
  }
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

/** The query that makes an address a link, from `?` on. */
export function linkQuery(secret: string, path: string, expires: number): string {
  return `?expires=${expires}&signature=${signatureOf(secret, path, expires)}`;
}

/** What makes an address a link before its path, which has to be of a task's file. */
export function linkPrefix(secret: string, path: string, expires: number): string {
  return `/link/${expires}.${signatureOf(secret, path, expires)}`;
}

/**
 * Not by Web Crypto, which answers later: a task's data is also written where a change and what is told of it
 * are one step.
 */
function signatureOf(secret: string, path: string, expires: number): string {
  return toBase64url(hmac(new TextEncoder().encode(secret), signedText(path, expires)));
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
const imported = new Map<string, CryptoKey>();
const MOST_IMPORTED = 4;

async function hmacKey(secret: string): Promise<CryptoKey> {
  const known = imported.get(secret);
  if (known !== undefined) return known;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), algorithm, false, ["verify"]);
  if (imported.size >= MOST_IMPORTED) imported.clear();
  imported.set(secret, key);
  return key;
}
