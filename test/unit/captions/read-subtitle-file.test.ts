import fc from "fast-check";
import { expect, test } from "vitest";
import { readSubtitleFile, SubtitleFileError } from "../../../src/captions/read-subtitle-file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("an SRT file is read with its times and without its markup", async () => {
  const file =
    "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\n{\\an8}world\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,250\r\nEnd\r\n";
  expect(await readSubtitleFile(bytes(file), "srt")).toEqual([
    { start: 1.5, end: 3, text: "Hello\nworld" },
    { start: 3600, end: 3601.25, text: "End" },
  ]);
});

test("a WebVTT file is read without notes, settings and voice tags, and its character references are decoded", async () => {
  const file = "WEBVTT\n\nNOTE by me\n\nfirst\n00:01.000 --> 00:02.000 align:left\n<v Bob>Fish &amp; chips &lt;3\n";
  expect(await readSubtitleFile(bytes(file), "vtt")).toEqual([{ start: 1, end: 2, text: "Fish & chips <3" }]);
});

test.each([
  [
    "a malformed timestamp",
    "srt",
    "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:xx,000 --> 00:00:05,000\nbad\n",
    /line 6: .*timestamp/,
  ],
  ["a missing WEBVTT header", "vtt", "00:01.000 --> 00:02.000\nHi\n", /line 1: .*WEBVTT/],
  ["no content", "srt", "", /no subtitle/],
  ["only plain text", "srt", "just\nwords\n", /no subtitle|line \d+/],
] as const)("a subtitle file with %s is refused with the reason", async (_, type, file, reason) => {
  const reading = readSubtitleFile(bytes(file), type);
  await expect(reading).rejects.toThrow(SubtitleFileError);
  await expect(readSubtitleFile(bytes(file), type)).rejects.toThrow(reason);
});

test("a subtitle file must be UTF-8, or UTF-16 with a byte order mark", async () => {
  await expect(readSubtitleFile(new Uint8Array([0x31, 0x0a, 0xe9, 0x0a]), "srt")).rejects.toThrow(/UTF-8/);
  const text = "\ufeff1\n00:00:01,000 --> 00:00:02,000\n你好\n";
  const utf16 = new Uint8Array(new Uint16Array([...text].map((character) => character.charCodeAt(0))).buffer);
  expect((await readSubtitleFile(utf16, "srt"))[0]?.text).toBe("你好");
});

test("an arbitrary text is read as subtitles or refused with a SubtitleFileError", async () => {
  const line = fc.oneof(fc.string(), fc.constantFrom("1", "", "WEBVTT", "00:00:01,000 --> 00:00:02,000", "-->"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.constantFrom("srt" as const, "vtt" as const), async (lines, type) => {
      await readSubtitleFile(bytes(lines.join("\n")), type).catch((error) => {
        if (!(error instanceof SubtitleFileError)) throw error;
      });
    }),
    { numRuns: 500 },
  );
});
