/**
 * A `Content-Disposition` for a file name (RFC 6266): plain where it can be, and in UTF-8 beside a
 * fallback (RFC 8187) where it cannot.
 *
 * @example
 * contentDisposition("attachment", "été.mp4") // attachment; filename="_t_.mp4"; filename*=UTF-8''%C3%A9t%C3%A9.mp4
 */
export function contentDisposition(type: "inline" | "attachment", name: string): string {
  // A "%" in the plain form is decoded by some browsers and not by others.
  const fallback = name.replace(/[^\x20-\x7e]|%/gu, "_").replace(/["\\]/g, "\\$&");
  const plain = `${type}; filename="${fallback}"`;
  return /^[\x20-\x7e]*$/.test(name) && !name.includes("%") ? plain : `${plain}; filename*=UTF-8''${encode(name)}`;
}

/** RFC 8187 §3.2.1: everything outside `attr-char` is percent-encoded. */
function encode(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
