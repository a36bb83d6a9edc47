/**
 * Formats a `Content-Disposition` header (RFC 6266). A name that is not plain ASCII is also given in UTF-8 (RFC 8187),
 * next to an ASCII fallback.
 *
 * @example
 * contentDisposition("attachment", "été.mp4") // attachment; filename="_t_.mp4"; filename*=UTF-8''%C3%A9t%C3%A9.mp4
 */
export function contentDisposition(type: "inline" | "attachment", name: string): string {
  // Some browsers decode a "%" in the plain form and others do not, so replace it.
  const fallback = name.replace(/[^\x20-\x7e]|%/gu, "_").replace(/["\\]/g, "\\$&");
  const plain = `${type}; filename="${fallback}"`;
  return /^[\x20-\x7e]*$/.test(name) && !name.includes("%") ? plain : `${plain}; filename*=UTF-8''${encode(name)}`;
}

/** Percent-encodes all characters that are not `attr-char` (RFC 8187 §3.2.1). */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
