import fc from "fast-check";
import { expect, test } from "vitest";
import { readSubtitleFile } from "../../../src/captions/read-subtitle-file.ts";
import { framedCues } from "../../../src/captions/timing/cue-timing.ts";
import { srtDocument, vttDocument } from "../../../src/captions/write-subtitle-file.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("subtitles written as SRT or WebVTT are read back unchanged", async () => {
  const cue = fc.tuple(
    fc.nat({ max: 300 }),
    fc.integer({ min: 1, max: 300 }),
    fc.constantFrom("a", "a < b & c", "你好\nzwei"),
  );
  fc.assert(
    fc.property(fc.array(cue, { minLength: 1, maxLength: 20 }), (parts) => {
      let at = 0;
      const cues = parts.map(([gap, length, text]) => {
        const start = at + gap;
        at = start + length;
        return { start, end: at, text };
      });
      for (const [type, document] of [
        ["srt", srtDocument(cues, 30)],
        ["vtt", vttDocument(cues, 30)],
      ] as const) {
        expect(framedCues(readSubtitleFile(bytes(document), type).subtitles, at, 30)).toEqual(cues);
      }
    }),
    { numRuns: 100 },
  );
});

test("subtitles are cut off at the end of the video", () => {
  const timed = [
    { start: 0.5, end: 2, text: "a" },
    { start: 3, end: 4, text: "b" },
  ];
  expect(framedCues(timed, 30, 30)).toEqual([{ start: 15, end: 30, text: "a" }]);
});
