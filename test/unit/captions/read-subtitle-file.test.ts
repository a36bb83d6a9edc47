import fc from "fast-check";
import { expect, test } from "vitest";
import { readSubtitleFile, SubtitleFileError } from "../../../src/captions/read-subtitle-file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, type: "srt" | "vtt" = "srt") => readSubtitleFile(bytes(text), type).subtitles;
const texts = (text: string, type: "srt" | "vtt" = "srt") => read(text, type).map((subtitle) => subtitle.text);

test("an SRT file is read with its times and without its markup", () => {
  const file =
    "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\n{\\an8}world\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,250\r\nEnd\r\n";
  expect(read(file)).toEqual([
    { start: 1.5, end: 3, text: "Hello\nworld" },
    { start: 3600, end: 3601.25, text: "End" },
  ]);
});

test("a WebVTT file is read without notes, styles, regions, settings and voice tags", () => {
  const file =
    "WEBVTT - x\n\nSTYLE\n::cue(b) { color: red }\n\nREGION\nid:a\n\nNOTE by me\nand you\n\nfirst\n00:01.000 --> 00:02.000 align:left line:0\n" +
    "<v.loud Bob>Fish &amp; <c.red>chips</c> &lt;3 <00:00:01.500>now</v>\n\nignored\n";
  expect(read(file, "vtt")).toEqual([{ start: 1, end: 2, text: "Fish & chips <3 now" }]);
});

test.each([
  ["no blank line", "1\n00:00:00,000 --> 00:00:01,000\nOne\n2\n00:00:01,200 --> 00:00:02,000\nTwo"],
  [
    "spaces and tabs for blank lines",
    "1\n00:00:00,000 --> 00:00:01,000\nOne\n \t\n2\n00:00:01,200 --> 00:00:02,000\nTwo\n \n",
  ],
  ["no numbers", "00:00:00,000 --> 00:00:01,000\nOne\n\n00:00:01,200 --> 00:00:02,000\nTwo"],
  [
    "a blank line after the number",
    "1\n\n00:00:00,000 --> 00:00:01,000\nOne\n\n2\n\n00:00:01,200 --> 00:00:02,000\n\nTwo",
  ],
  ["CR line ends", "1\r00:00:00,000 --> 00:00:01,000\rOne\r\r2\r00:00:01,200 --> 00:00:02,000\rTwo\r"],
  [
    "full stops before milliseconds and coordinates",
    "1\n00:00:00.000 --> 00:00:01.000 X1:10 X2:20 Y1:30 Y2:40\nOne\n\n2\n00:00:01.200-->00:00:02.000 position:50% align:start\nTwo",
  ],
  ["colons before milliseconds", "1\n00:00:00:000 --> 00:00:01:000\nOne\n\n2\n00:00:01:200 --> 00:00:02:000\nTwo"],
  ["no hours, and fewer digits", "1\n00:00,0 --> 0:1,0\nOne\n\n2\n00:01,2 --> 00:02\nTwo"],
  [
    "full-width digits and marks",
    "1\n００：００：００，０００ --> 00：00：01，000\nOne\n\n2\n00:00:01，200 －－＞ 00:00:02,000\nTwo",
  ],
  ["digits of other scripts", "1\n٠٠:٠٠:٠٠,٠٠٠ --> ۰۰:۰۰:۰۱,۰۰۰\nOne\n\n2\n००:००:०१,२०० --> ๐๐:๐๐:๐๒,๐๐๐\nTwo"],
  [
    "times before zero",
    "0\n-00:00:05,000 --> -00:00:03,000\nNever\n\n1\n-00:00:01,000 --> 00:00:01,000\nOne\n\n2\n00:00:01,200 --> 00:00:02,000\nTwo",
  ],
  [
    "other arrows and empty subtitles",
    "1\n00:00:00,000 -> 00:00:01,000\nOne\n\n5\n00:00:01,000 --> 00:00:01,100\n\n6\n00:00:01,200 → 00:00:02,000\nTwo",
  ],
])("an SRT file with %s has the same two subtitles", (_, file) => {
  expect(read(file)).toEqual([
    { start: 0, end: 1, text: "One" },
    { start: 1.2, end: 2, text: "Two" },
  ]);
});

test("numbers that are text, text with blank lines and text with arrows stay", () => {
  const time = (second: number) => `00:00:0${second},000 --> 00:00:0${second},900\n`;
  expect(texts(`${time(1)}3\n\n${time(2)}2\n\n${time(3)}1\n`)).toEqual(["3", "2", "1"]);
  expect(texts(`1\n${time(1)}7\n\n2\n${time(2)}2\n3\n${time(3)}go`)).toEqual(["7", "2", "go"]);
  expect(texts(`1\n${time(1)}One\n\nmore\n\n2\n${time(2)}10:30 -> 11:00 and a --> b\n`)).toEqual([
    "One\nmore",
    "10:30 -> 11:00 and a --> b",
  ]);
});

test.each([
  ["I <3 you > me & 1 <2 and 3> 2", "I <3 you > me & 1 <2 and 3> 2"],
  ["Don&#39;t &#x41;&#65; &amp;amp; &hellip; AT&T", "Don't AA &amp; … AT&T"],
  ["&#128; &#x110000; &unknown; &nbsp;x", "€ \ufffd &unknown; \u00a0x"],
  ['<font color="#fff">a</font> <B>b</B> <i>stray', "a b stray"],
  ["{\\an8}{\\i1}a{\\i0} {y:i}b", "a b"],
  ["one\\Ntwo<br>three", "one\ntwo\nthree"],
  ["see C:\\New", "see C:\\New"],
  ["see C:\\home\\new", "see C:\\home\\new"],
  ["one\\htwo\\nthree", "one\u00a0two\nthree"],
  ["<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rt>ji</rt></ruby>", "漢字"],
  ["Hi<!-- made by a program -->", "Hi"],
  ["a <b and c> d <name>", "a <b and c> d <name>"],
  ["- Hi\n- # *you* _there_", "- Hi\n- # *you* _there_"],
])("the text %j of an SRT file is shown as %j", (text, shown) => {
  expect(texts(`1\n00:00:00,000 --> 00:00:01,000\n${text}\n`)).toEqual([shown]);
});

test("all named character references of the given table are decoded, some also without a semicolon", () => {
  const names = { names: { NotEqualTilde: "≂̸", copy: "©", hellip: "…" }, legacy: ["copy"] };
  const file = "1\n00:00:00,000 --> 00:00:01,000\n&NotEqualTilde; &copy 2024 ?a=1&copy=2 &hellip x\n";
  expect(readSubtitleFile(bytes(file), "srt", names).subtitles[0]?.text).toBe("≂̸ © 2024 ?a=1&copy=2 &hellip x");
});

test.each([
  [
    "a malformed timestamp",
    "srt",
    "1\n00:00:01,000 --> 00:00:02,000\nfine\n\n2\n00:00:xx,000 --> 00:00:05,000\nbad\n",
    /line 6: .*timestamp/,
  ],
  [
    "an end before its start",
    "srt",
    "1\n00:00:05,000 --> 00:00:02,000\nx\n",
    /line 2: .*ends at 2 s, before its start at 5 s/,
  ],
  ["a missing WEBVTT header", "vtt", "00:01.000 --> 00:02.000\nHi\n", /line 1: .*WEBVTT/],
  ["no content", "srt", "", /no subtitle/],
  ["only plain text", "srt", "just\nwords\n", /no subtitle/],
] as const)("a subtitle file with %s is refused with the reason", (_, type, file, reason) => {
  expect(() => read(file, type)).toThrow(SubtitleFileError);
  expect(() => read(file, type)).toThrow(reason);
});

test("an arbitrary text is read as subtitles or refused with a SubtitleFileError", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom("1", "", "WEBVTT", "00:00:01,000 --> 00:00:02,000", "-->", "&#1;", "<b>"),
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom("srt" as const, "vtt" as const), (lines, type) => {
      try {
        read(lines.join("\n"), type);
      } catch (error) {
        if (!(error instanceof SubtitleFileError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
