import { createHash, timingSafeEqual } from "node:crypto";

/** True if an Authorization header has the token. Compares in constant time. */
export function hasBearerToken(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
