/** Encodes bytes as lower-case hexadecimal. */
export function toHex(bytes: ArrayBuffer): string {
  return new Uint8Array(bytes).toHex();
}

/** The SHA-256 as lower-case hexadecimal. Text is hashed as UTF-8. */
export async function sha256Hex(data: Uint8Array | string): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
  return toHex(await crypto.subtle.digest("SHA-256", bytes));
}
