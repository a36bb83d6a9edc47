import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fontOrder } from "../../src/captions/choose-fonts.ts";
import { framedCues } from "../../src/captions/cue-timing.ts";
import { FontError, readFont } from "../../src/captions/read-font-file.ts";
import { readSubtitleFile, SubtitleFileError } from "../../src/captions/read-subtitle-file.ts";
import { srtDocument, vttDocument } from "../../src/captions/write-subtitle-file.ts";
import { loudnessGain, MeasurementError, readLoudness } from "../../src/ffmpeg/loudness.ts";
import { parseVideoRequest } from "../../src/tasks/parse-video-request.ts";
import { soundPieces } from "../../src/timeline/sound-pieces.ts";
import { messageOf } from "../../src/util/log.ts";
import { fontFile } from "../fonts.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("readFont", () => {
  test.each(fontOrder(""))("%s is read with its name and widths", (name) => {
    const font = readFont(fontFile(name));
    expect(font.name).toMatch(/^Noto (Sans|Emoji)( \w+)? Regular$/);
    // A digit is in every one of them.
    expect(font.has(0x31)).toBe(true);
    expect(font.advance(0x31)).toBeGreaterThan(500);
    expect(font.has(0x10_ff_ff)).toBe(false);
  });

  test.each([
    ["no font", bytes("this is some text, and no font at all"), /not a TrueType or OpenType font/],
    ["WOFF2", bytes("wOF2 and so on, up to a sensible length"), /WOFF/],
    ["a font cut off", fontFile("NotoSans-Regular.ttf").slice(0, 100_000), /cut off inside its \w+ table/],
    ["nothing", new Uint8Array(0), /damaged/],
  ])("%s is refused with the reason", (_, file, reason) => {
    expect(() => readFont(file)).toThrow(FontError);
    expect(() => readFont(file)).toThrow(reason);
  });

  test("a damaged font is refused or read, and never throws anything else", () => {
    const whole = fontFile("NotoSansArabic-Regular.ttf");
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 4000 }), fc.nat({ max: 255 })), { minLength: 1 }), (changes) => {
        const file = whole.slice();
        for (const [at, value] of changes) file[at] = value;
        try {
          const font = readFont(file);
          for (const codePoint of [0x20, 0x627, 0xffff, 0x1f600]) font.advance(codePoint);
        } catch (error) {
          if (!(error instanceof FontError) && !(error instanceof RangeError)) throw error;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("subtitle files", () => {
  test("SRT is read with its times, without its markup", async () => {
    const file =
      "\ufeff1\r\n00:00:01,500 --> 00:00:03,000\r\n<i>Hello</i>\r\n{\\an8}world\r\n\r\n2\r\n01:00:00,000 --> 01:00:01,250\r\nEnd\r\n";
    expect(await readSubtitleFile(bytes(file), "srt")).toEqual([
      { start: 1.5, end: 3, text: "Hello\nworld" },
      { start: 3600, end: 3601.25, text: "End" },
    ]);
  });

  test("VTT is read without notes, settings, voices and character references", async () => {
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
  ] as const)("%s is refused, naming the line", async (_, type, file, reason) => {
    const reading = readSubtitleFile(bytes(file), type);
    await expect(reading).rejects.toThrow(SubtitleFileError);
    await expect(readSubtitleFile(bytes(file), type)).rejects.toThrow(reason);
  });

  test("what is not UTF-8 is refused, and UTF-16 with a mark is read", async () => {
    await expect(readSubtitleFile(new Uint8Array([0x31, 0x0a, 0xe9, 0x0a]), "srt")).rejects.toThrow(/UTF-8/);
    const text = "\ufeff1\n00:00:01,000 --> 00:00:02,000\n你好\n";
    const utf16 = new Uint8Array(new Uint16Array([...text].map((character) => character.charCodeAt(0))).buffer);
    expect((await readSubtitleFile(utf16, "srt"))[0]?.text).toBe("你好");
  });

  test("any text is read or refused", async () => {
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

  test("subtitles written as files are read back the same", async () => {
    const cue = fc.tuple(
      fc.nat({ max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      fc.constantFrom("a", "a < b & c", "你好\nzwei"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cue, { minLength: 1, maxLength: 20 }), async (parts) => {
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
          expect(framedCues(await readSubtitleFile(bytes(document), type), at, 30)).toEqual(cues);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("what lies past the video's end is left out", () => {
    const timed = [
      { start: 0.5, end: 2, text: "a" },
      { start: 3, end: 4, text: "b" },
    ];
    expect(framedCues(timed, 30, 30)).toEqual([{ start: 15, end: 30, text: "a" }]);
  });
});

describe("sound", () => {
  test("shots that follow each other in their source sound without a cut", () => {
    const shots = [
      { source: 0, start: 1, frames: 30 },
      { source: 0, start: 2, frames: 15 },
      { source: 1, start: 0, frames: 30 },
      { source: 0, start: 5, frames: 30 },
    ].map((shot) => ({ ...shot, transition: null, zoom: "in" as const }));
    const pieces = soundPieces(shots, (source) => (source === 0 ? 7 : null), { frameRate: 30, sampleRate: 48_000 });
    expect(pieces).toEqual([
      { input: 7, start: 1, samples: 72_000 },
      { input: null, start: 0, samples: 48_000 },
      { input: 7, start: 5, samples: 48_000 },
    ]);
  });

  test("the loudness that ffmpeg prints last is read", () => {
    const log =
      "Summary:\n I: -50.0 LUFS\n Summary:\n\n  Integrated loudness:\n    I:         -23.4 LUFS\n  True peak:\n    Peak:       -1.2 dBFS\n";
    expect(readLoudness(log)).toEqual({ integrated: -23.4, peak: -1.2 });
    expect(loudnessGain(readLoudness(log))).toBeCloseTo(9.4);
    expect(() => readLoudness("ffmpeg version 5")).toThrow(MeasurementError);
  });

  test("silence stays silent", () => {
    const silence = readLoudness("Summary:\n I: -70.0 LUFS\n Peak: -inf dBFS");
    expect(silence).toEqual({ integrated: Number.NEGATIVE_INFINITY, peak: Number.NEGATIVE_INFINITY });
    expect(loudnessGain(silence)).toBe(0);
  });
});

describe("request", () => {
  /** The fields that the error message names. */
  const refused = (fields: object) => {
    try {
      parseVideoRequest({ video_materials: [{ url: "a.mp4" }], ...fields });
      return [];
    } catch (error) {
      return messageOf(error)
        .split("; ")
        .map((fault) => fault.split(":")[0]);
    }
  };

  test("the defaults of MoneyPrinterTurbo are accepted as they are", () => {
    expect(
      refused({
        voice_name: "",
        voice_volume: 1.0,
        voice_rate: 1.0,
        bgm_type: "random",
        bgm_file: "",
        bgm_volume: 0.2,
        subtitle_enabled: true,
        subtitle_position: "bottom",
        custom_position: 70.0,
        text_fore_color: "#FFFFFF",
        text_background_color: true,
        font_size: 60,
        stroke_color: "#000000",
        stroke_width: 1.5,
        n_threads: 2,
        paragraph_number: 1,
        video_language: "",
      }),
    ).toEqual([]);
  });

  test.each([
    ["voice_name", { voice_name: "zh-CN-XiaoxiaoNeural" }],
    ["voice_rate", { voice_rate: 1.2 }],
    ["bgm_type", { bgm_type: "loud" }],
    ["bgm_file", { bgm_type: "custom" }],
    ["bgm_volume", { bgm_volume: -1 }],
    ["clip_volume", { clip_volume: 11 }],
    ["text_fore_color", { text_fore_color: "reddish" }],
    ["text_background_color", { text_background_color: "#12345" }],
    ["stroke_color", { stroke_color: "" }],
    ["stroke_width", { stroke_width: -1 }],
    ["font_size", { font_size: 0 }],
    ["custom_position", { custom_position: 101 }],
    ["subtitle_position", { subtitle_position: "left" }],
  ])("%s is refused by name when it makes no sense (case %#)", (field, fields) => {
    expect(refused(fields)).toEqual([field]);
  });

  test("a voice beside a narration of one's own is accepted, since nothing is to be spoken", () => {
    expect(refused({ voice_name: "zh-CN-XiaoxiaoNeural", voice_rate: 1.2, custom_audio_file: "a.mp3" })).toEqual([]);
  });
});
