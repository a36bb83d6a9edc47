/**
 * The part of @stablelib/base64 that standardwebhooks uses, with what the platform has. The bundle uses this module
 * instead (see `alias` in wrangler.toml), because the package is 1 KiB larger.
 */

/** Encodes bytes in Base64 (RFC 4648 §4). */
export function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * Decodes Base64.
 *
 * @throws DOMException if the text is not Base64.
 */
export function decode(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
