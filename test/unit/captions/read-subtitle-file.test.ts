import fc from "fast-check";
import { expect, test } from "vitest";
import { readSubtitleFile, SubtitleFileError } from "../../../src/captions/read-subtitle-file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("subtitle files SRT is read with its times, without its markup", async () => {
  const file =
    "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\n{\\an8}world\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,250\r\nEnd\r\n";
  expect(await readSubtitleFile(bytes(file), "srt")).toEqual([
    { start: 1.5, end: 3, text: "Hello\nworld" },
    { start: 3600, end: 3601.25, text: "End" },
  ]);
});

test("subtitle files VTT is read without notes, settings, voices and character references", async () => {
  const file = "WEBVTT\n\nNOTE by me\n\nfirst\n00:01.000 --> 00:02.000 align:left\n<v Bob>Fish &amp; chips &lt;3\n";
  expect(await readSubtitleFile(bytes(file), "vtt")).toEqual([{ start: 1, end: 2, text: "Fish & chips <3" }]);
});

test.each([
  [
    "a time that is none",
    "srt",
    "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:xx,000 --> 00:00:05,000\nbad\n",
    /line 6: .*timestamp/,
  ],
  ["no header", "vtt", "00:01.000 --> 00:02.000\nHi\n", /line 1: .*WEBVTT/],
  ["nothing", "srt", "", /no subtitle/],
  ["something else", "srt", "just\nwords\n", /no subtitle|line \d+/],
] as const)("subtitle files %s is refused, naming the line", async (_, type, file, reason) => {
  const reading = readSubtitleFile(bytes(file), type);
  await expect(reading).rejects.toThrow(SubtitleFileError);
  await expect(readSubtitleFile(bytes(file), type)).rejects.toThrow(reason);
});

test("subtitle files what is not UTF-8 is refused, and UTF-16 with a mark is read", async () => {
  await expect(readSubtitleFile(new Uint8Array([0x31, 0x0a, 0xe9, 0x0a]), "srt")).rejects.toThrow(/UTF-8/);
  const text = "\ufeff1\n00:00:01,000 --> 00:00:02,000\n你好\n";
  const utf16 = new Uint8Array(new Uint16Array([...text].map((character) => character.charCodeAt(0))).buffer);
  expect((await readSubtitleFile(utf16, "srt"))[0]?.text).toBe("你好");
});

test("subtitle files any text is read or refused", async () => {
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
