import fc from "fast-check";
import { expect, test } from "vitest";
import { videoRequestSchema } from "../../../src/api/video-request.ts";
import { assDocument } from "../../../src/captions/ass-document.ts";
import { captionStyle } from "../../../src/captions/caption-style.ts";
import { readFont } from "../../../src/captions/fonts/read-font-file.ts";
import type { Cue } from "../../../src/captions/timing/cue-timing.ts";
import { fontFile } from "../../support/fonts.ts";

const sans = readFont(fontFile("NotoSans-Regular.ttf"));
const fonts = [sans, readFont(fontFile("NotoSansSC-Regular.ttf"))];
const request = (fields: object) => videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields });
const style = captionStyle(request({ text_background_color: false }), { width: 720, height: 1280 });
const document = (cues: Cue[], frameRate = 30) => assDocument(cues, style, fonts, frameRate).text;
const dialogues = (document: string) => document.split("\n").filter((line) => line.startsWith("Dialogue:"));
const text = (line: string | undefined) => line?.split(",").slice(9).join(",") ?? "";

test("an ASS document has the size of the frame and names the font", () => {
  const written = document([{ start: 0, end: 30, text: "Hi" }]);
  expect(written).toContain("PlayResX: 720\nPlayResY: 1280\n");
  // font_size is for a frame 1080 px wide, so 60 px are 40 px here. The font's ascent and descent add up to 1.519 em.
  expect(dialogues(written)).toEqual([
    "Dialogue: 0,0:00:00.00,0:00:00.98,Default,,0,0,0,,{\\fnNoto Sans Regular\\fs60.76}Hi",
  ]);
});

test("each run of subtitle text names a font that has its glyphs, and only those fonts are listed", () => {
  const both = assDocument([{ start: 0, end: 30, text: "Hi 你好" }], style, fonts, 30);
  expect(both.fonts).toEqual([0, 1]);
  expect(text(dialogues(both.text)[0])).toMatch(
    /^\{\\fnNoto Sans Regular[^}]*\}Hi \{\\fnNoto Sans SC Regular[^}]*\}你好$/,
  );
  expect(assDocument([{ start: 0, end: 30, text: "你好" }], style, fonts, 30).fonts).toEqual([1]);
});

test("an ASS style has the requested colours, outline and position", () => {
  const asked = request({
    text_fore_color: "#ff8000",
    text_background_color: "#00000080",
    stroke_color: "lime",
    stroke_width: 3,
    subtitle_position: "top",
  });
  const written = assDocument([], captionStyle(asked, { width: 720, height: 1280 }), fonts, 30).text;
  const fields = /^Style: (.*)$/m.exec(written)?.[1]?.split(",") ?? [];
  expect([fields[3], fields[5], fields[6], fields[15], fields[16], fields[18]]).toEqual([
    "&H000080FF",
    "&H0000FF00",
    // The square root of half the opacity, because FFmpeg multiplies the opacity by itself.
    "&H4A000000",
    "4",
    "2.00",
    "8",
  ]);
});

/** What libass draws for an escaped text: a block in braces is an override tag; `\N`, `\n` and `\h` are white space. */
function drawn(escaped: string): string {
  let result = "";
  for (let at = 0; at < escaped.length; at++) {
    const [here, next] = [escaped[at], escaped[at + 1]];
    if (here === "\\" && (next === "N" || next === "n" || next === "h")) {
      result += "⏎";
      at++;
    } else if (here === "\\" && (next === "{" || next === "}")) {
      result += next;
      at++;
    } else if (here === "{") {
      const end = escaped.indexOf("}", at);
      if (end < 0) result += here;
      else at = end;
    } else result += here;
  }
  return result;
}

test.each([
  "{\\b1}bold",
  "a\\Nb",
  "\\{x}",
  "{",
  "}",
  "\\",
  "\\\\{\\\\}",
  "{\\p1}m 0 0 l 9 9{\\p0}",
  "C:\\new\\help",
  ", , ,",
])("the subtitle text %j is drawn unchanged", (given) => {
  const [line] = dialogues(document([{ start: 0, end: 30, text: given }]));
  expect(drawn(text(line)).replaceAll("\u2060", "")).toBe(given);
});

test("arbitrary subtitle text is never read as an override tag or as a second dialogue line", () => {
  const nasty = fc.array(fc.constantFrom("\\", "{", "}", "N", "n", "h", "b1", ",", "a", "\n", "\r", "Dialogue: "), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(
      fc.oneof(
        nasty.map((parts) => parts.join("")),
        fc.string(),
      ),
      (given) => {
        const written = document([{ start: 0, end: 30, text: given }]);
        expect(dialogues(written)).toHaveLength(1);
        expect(written.split("\n").at(-1)).toBe("");
        expect(drawn(text(dialogues(written)[0])).replaceAll("\u2060", "")).toBe(
          given.replaceAll("\u2060", "").replace(/[\r\n]+/g, "⏎"),
        );
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ["high stacks of combining marks are cut to two marks", "Z\u0335\u0300\u0301\u0302a", "Z\u0335\u0300a"],
  ["object replacement characters are left out", "a\ufffcb", "ab"],
  ["variation selectors that the font lacks are left out", "a\ufe0f\u{e0101}b", "ab"],
  ["white space that the font lacks is drawn as a space", "a\u3000b", "a b"],
  ["joiners and direction marks stay", "a\u200db\u200ec", "a\u200db\u200ec"],
])("in subtitles, %s", (_, given, expected) => {
  const written = assDocument([{ start: 0, end: 30, text: given }], style, [sans], 30).text;
  expect(drawn(text(dialogues(written)[0]))).toBe(expected);
});

test("a subtitle is shown from exactly its first frame to exactly its last frame", () => {
  const centiseconds = (stamp: string) => {
    const [hours = 0, minutes = 0, seconds = 0] = stamp.split(":").map(Number);
    return Math.round((hours * 3600 + minutes * 60 + seconds) * 100);
  };
  const anyCue = fc
    .tuple(fc.nat({ max: 400_000 }), fc.integer({ min: 1, max: 500 }))
    .map(([start, length]) => ({ start, end: start + length, text: "x" }));
  fc.assert(
    fc.property(anyCue, fc.constantFrom(24, 25, 30), (cue, frameRate) => {
      const [line = ""] = dialogues(document([cue], frameRate));
      const [, from = "", to = ""] = line.split(",");
      expect(from).toMatch(/^\d+:[0-5]\d:[0-5]\d\.\d\d$/);
      const shown = (frame: number) => {
        // FFmpeg's ass filter passes the time of a frame to libass in milliseconds.
        const time = (frame * 1000) / frameRate;
        return centiseconds(from) * 10 <= time && time < centiseconds(to) * 10;
      };
      expect([shown(cue.start - 1), shown(cue.start), shown(cue.end - 1), shown(cue.end)]).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }),
  );
});
