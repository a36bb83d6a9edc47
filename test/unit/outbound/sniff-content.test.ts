import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { notAFile, SNIFFED_BYTES } from "../../../src/outbound/sniff-content.ts";

const bytes = (text: string) => new TextEncoder().encode(text).subarray(0, SNIFFED_BYTES);
const utf16 = (text: string) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"));

test.each<[string, Uint8Array, string | null, string]>([
  ["nothing", bytes(""), "video/mp4", "an empty response"],
  ["a page", bytes("<!DOCTYPE html><html>"), "text/html; charset=utf-8", "a web page"],
  ["a page sent as a video", bytes("\n\n <!doctype HTML>\n<html>"), "video/mp4", "a web page"],
  ["a page sent without a type", bytes("\uFEFF<html lang=en>"), null, "a web page"],
  ["a page after a comment", bytes("<!-- v1.2 -->\n<!-- x --><head>"), "application/octet-stream", "a web page"],
  ["a page that begins with a long comment", bytes(`<!-- ${"x".repeat(2000)} --><html>`), "video/mp4", "a web page"],
  ["a script", bytes("<script>location='/x'</script>"), "video/mp4", "a web page"],
  ["XHTML", bytes('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'), null, "a web page"],
  ["a page in UTF-16", utf16("<html><body>"), "video/mp4", "a web page"],
  ["a page known by its type only", bytes("Please wait …"), "text/html", "a web page"],
  ["JSON", bytes('{"error": "not found"}'), "application/json", "JSON"],
  ["JSON sent as a video", bytes('\n[\n  {"id": 1}'), "video/mp4", "JSON"],
  ["JSON known by its type only", bytes("null"), "application/problem+json", "JSON"],
  ["an HLS playlist", bytes("#EXTM3U\n#EXT-X-VERSION:7\n"), "application/vnd.apple.mpegurl", "an HLS playlist"],
  ["an HLS playlist sent as a video", bytes("#EXTM3U\n"), "video/mp4", "an HLS playlist"],
  ["a DASH playlist", bytes('<?xml version="1.0" encoding="UTF-8"?>\n<MPD xmlns="x">'), "video/mp4", "a DASH playlist"],
  ["XML", bytes('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'), "application/xml", "XML"],
  ["XML sent as a video", bytes("<Error><Code>AccessDenied</Code></Error>"), "video/mp4", "XML"],
  ["text", bytes("Not found"), "text/plain", "text"],
  ["text sent as a video", bytes("429 too many requests"), "video/mp4", "text"],
])("%s is not taken for a file", (_, head, type, expected) => {
  expect(notAFile(head, type, false)).toBe(expected);
  if (expected !== "text") expect(notAFile(head, type, true)).toBe(expected);
});

test.each<[string, Uint8Array, string | null, boolean]>([
  ["an MP4 sent as a page", Uint8Array.of(0, 0, 0, 32, 0x66, 0x74, 0x79, 0x70), "text/html", false],
  ["an MP3 frame that looks like UTF-16", Uint8Array.of(0xff, 0xfe, 0x50, 0x80, 0x41, 0x42), null, false],
  ["WebVTT sent as a page", bytes("WEBVTT\n\n00:00.000 --> 00:01.000\nHi"), "text/html", true],
  ["SRT sent as JSON", bytes("1\n00:00:00,000 --> 00:00:01,000\nHi"), "application/json", true],
  ["SRT sent as text", bytes("1\n00:00:00,000 --> 00:00:01,000\n<i>Hi</i>"), "text/plain", true],
  ["a text of subtitles without a time in its first bytes", bytes("x".repeat(1500)), "text/plain", true],
])("%s may be a file", (_, head, type, textExpected) => {
  expect(notAFile(head, type, textExpected)).toBeNull();
});

test("the samples of the repository may be files, whatever their type says", async () => {
  for (const name of ["dusk.mp4", "narration.mp3"]) {
    const sample = await readFile(new URL(`../../../samples/${name}`, import.meta.url));
    expect(notAFile(sample.subarray(0, SNIFFED_BYTES), "text/html", false)).toBeNull();
  }
});
