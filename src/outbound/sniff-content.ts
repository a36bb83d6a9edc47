/** Bytes at the start of a response that decide what it is. */
export const SNIFFED_BYTES = 1024;

const TYPES: readonly [type: RegExp, description: string][] = [
  [/^(text\/html|application\/xhtml\+xml)$/, "a web page"],
  [/^application\/(.*\+)?json$|^text\/json$/, "JSON"],
  [/mpegurl$/, "an HLS playlist"],
  [/^application\/dash\+xml$/, "a DASH playlist"],
  [/^(text|application)\/(.*\+)?xml$/, "XML"],
];

/** How documents begin that some hosts send instead of a file. Comments and space may come before (WHATWG MIME Sniffing §7.1). */
const BEGINNINGS: readonly [beginning: RegExp, description: string][] = [
  [/^#EXTM3U/, "an HLS playlist"],
  [/^(<\?xml[^>]*>\s*)?<MPD\b/, "a DASH playlist"],
  [
    /^(<\?xml[^>]*>\s*)?(<!--|<!doctype html|<html|<head|<body|<script|<title|<meta|<div|<iframe|<style|<table|<h1|<p>)/i,
    "a web page",
  ],
  [/^<(\?xml|svg|!doctype|[a-z][\w:-]*[\s/>])/i, "XML"],
  [/^(\{\s*("|\}|$)|\[\s*(\{|"|\]|-?\d+\s*[,\]]))/, "JSON"],
];

/**
 * Recognizes a response that is not a file of media, fonts or subtitles: an empty one, a web page, JSON, XML, a playlist, or
 * text where none is expected. The bytes decide. The media type only says which kind of text it is.
 *
 * @param head the first {@link SNIFFED_BYTES} of the response, or all of it.
 * @param contentType the response's `Content-Type` header.
 * @param textExpected whether the file may be text, such as subtitles.
 * @returns what it is, for messages; null if it may be a file.
 */
export function notAFile(head: Uint8Array, contentType: string | null, textExpected: boolean): string | null {
  if (head.byteLength === 0) return "an empty response";
  const { text, binary } = decoded(head);
  const start = text.replace(/^(\s|<!--.*?-->)+/s, "");
  const begun = BEGINNINGS.find(([beginning]) => beginning.test(start))?.[1];
  if (begun !== undefined) return begun;
  if (binary) return null;
  // Hosts often send subtitles with a wrong type.
  if (textExpected && /^WEBVTT|-->/.test(text)) return null;
  const type = contentType?.split(";")[0]?.trim().toLowerCase() ?? "";
  const typed = TYPES.find(([known]) => known.test(type))?.[1];
  return typed ?? (textExpected ? null : "text");
}

/** Decodes bytes as text, and says whether they are binary data instead (WHATWG MIME Sniffing §3). */
function decoded(head: Uint8Array): { text: string; binary: boolean } {
  const mark = `${head[0]} ${head[1]}`;
  const encoding = mark === "254 255" ? "utf-16be" : mark === "255 254" ? "utf-16le" : "utf-8";
  const binary =
    encoding !== "utf-8" ||
    head.some((byte) => byte <= 0x08 || byte === 0x0b || (byte >= 0x0e && byte <= 0x1f && byte !== 0x1b));
  return { text: new TextDecoder(encoding).decode(head), binary };
}
