import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { videoRequestSchema } from "../../src/api/video-request.ts";
import { joinedForms } from "../../src/captions/arabic-letter-forms.ts";
import { assDocument } from "../../src/captions/ass-document.ts";
import { captionStyle } from "../../src/captions/caption-style.ts";
import { charactersWithoutGlyph } from "../../src/captions/choose-fonts.ts";
import { type Cue, cuesWithin, speechLength, timeCues } from "../../src/captions/cue-timing.ts";
import { textMeasure } from "../../src/captions/measure-text.ts";
import { readFont } from "../../src/captions/read-font-file.ts";
import { splitScript as split } from "../../src/captions/split-script.ts";
import { fontFile, fontsFor } from "../fonts.ts";

const sans = readFont(fontFile("NotoSans-Regular.ttf"));
const fonts = [sans, readFont(fontFile("NotoSansSC-Regular.ttf"))];
/** Lines of at most 14 ems, about 25 Latin letters. */
const measure = textMeasure(fonts);
const fits = (line: string) => measure(line) <= 14;
const splitScript = (text: string) => split(text, fits);

const word = fc.oneof(
  fc.stringMatching(/^[a-zA-Z]{1,12}[,.!?]?$/),
  fc.constantFrom(
    "naïve",
    "Привет.",
    "你好。",
    "e.g.",
    "3.14",
    "—",
    "{\\b1}",
    "supercalifragilisticexpialidociously-long-word",
  ),
);
const script = fc
  .array(fc.tuple(word, fc.constantFrom(" ", " ", "  ", "\n", "\r\n", "\t", "\n\n")), { maxLength: 60 })
  .map((parts) => parts.flat().join(""));
const withoutSpace = (text: string) => text.normalize("NFC").replace(/\s+/g, "");

describe("splitScript", () => {
  test("a language's own marks end its sentences: the Greek question mark looks like a semicolon", () => {
    const script = "Τι κάνεις; Καλά είμαι.";
    expect(split(script, () => true, "el")).toEqual(["Τι κάνεις;", "Καλά είμαι."]);
    expect(split(script, () => true)).toEqual([script]);
  });

  test.each([
    ["", []],
    [" \n\t ", []],
    ["One. Two! Three?", ["One.", "Two!", "Three?"]],
    ["one\ntwo", ["one", "two"]],
    ["Well done. Go on! 👍👍", ["Well done.", "Go on! 👍👍"]],
    ["much   white\tspace", ["much white space"]],
  ])("%j → %j", (text, lines) => {
    expect(splitScript(text)).toEqual(lines);
  });

  test.each([
    [
      "English, between words and at a clause",
      "the quick brown fox jumps over the lazy dog, and then it does so again and again and again",
      ["the quick brown fox\njumps over the lazy dog,", "and then it does so\nagain and again and again"],
    ],
    [
      "Chinese, between words and at a clause",
      "在这个快速变化的时代，人工智能正在改变我们的生活方式，也改变着我们每一天的工作。",
      ["在这个快速变化的时代，人工\n智能正在改变我们的生活方式，", "也改变着我们每一天的工作。"],
    ],
    ["Japanese sentences", "今日は晴れです。明日は雨でしょう。", ["今日は晴れです。", "明日は雨でしょう。"]],
    ["Hindi sentences, which end with a danda", "मैं घर जाता हूँ। तुम कहाँ हो?", ["मैं घर जाता हूँ।", "तुम कहाँ हो?"]],
    ["Arabic sentences", "أهلا وسهلا بكم. هل أنت مستعد؟ نعم!", ["أهلا وسهلا بكم.", "هل أنت مستعد؟", "نعم!"]],
  ])("splits %s", (_, text, expected) => {
    expect(splitScript(text)).toEqual(expected);
  });

  test("no word is lost, moved or changed", () => {
    fc.assert(
      fc.property(fc.oneof(script, fc.string({ unit: "grapheme" })), (text) => {
        const visible = text.replace(/\p{Cc}/gu, " ");
        expect(withoutSpace(splitScript(text).join(" "))).toBe(withoutSpace(visible));
      }),
      { numRuns: 500 },
    );
  });

  test("a subtitle is one or two tidy lines, each as wide as fits", () => {
    fc.assert(
      fc.property(script, (text) => {
        for (const subtitle of splitScript(text)) {
          const lines = subtitle.split("\n");
          expect(lines.length).toBeLessThanOrEqual(2);
          for (const line of lines) {
            expect(line).toBe(line.trim());
            expect(line).not.toMatch(/[\r\t]|\s\s|^$/);
            expect(fits(line)).toBe(true);
          }
        }
      }),
    );
  });

  test("control characters, which would end the text for the renderer, count as white space", () => {
    expect(splitScript("one\0two\u0007three\u001b[31m")).toEqual(["one two three [31m"]);
    expect(splitScript("\0")).toEqual([]);
  });
});

describe("timeCues", () => {
  test("cues follow each other over the whole length, in order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 5000 }),
        (lines, frames) => {
          const cues = timeCues(lines, frames);
          expect(cues.at(0)?.start).toBe(0);
          expect(cues.at(-1)?.end).toBe(frames);
          for (const [index, cue] of cues.entries()) {
            expect(cue.end).toBeGreaterThan(cue.start);
            if (index > 0) expect(cue.start).toBe(cues[index - 1]?.end);
          }
          const texts = cues.map(({ text }) => text);
          expect(texts).toEqual(lines.filter((line) => texts.includes(line)).slice(0, texts.length));
        },
      ),
    );
  });

  test("no line is left out where there is time for each", () => {
    expect(timeCues(["a", "b", "c"], 300)).toHaveLength(3);
  });

  test("more words are seen for longer", () => {
    const [short, long] = timeCues(["Hi.", "This one takes a good deal longer to say."], 300);
    expect((long?.end ?? 0) - (long?.start ?? 0)).toBeGreaterThan(2 * ((short?.end ?? 0) - (short?.start ?? 0)));
  });

  test("a Chinese sentence takes about as long as its translation, though it has fewer characters", () => {
    const ratio = speechLength("人工智能正在改变我们的生活。") / speechLength("AI is changing our lives.");
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(2.5);
  });

  test("no lines make no cues", () => {
    expect(timeCues([], 100)).toEqual([]);
  });
});

test("cues cut at segments show each frame what the whole shows it", () => {
  const cues = fc
    .array(fc.tuple(fc.nat({ max: 5 }), fc.integer({ min: 1, max: 20 })), { maxLength: 10 })
    .map((gaps) => {
      let at = 0;
      return gaps.map(([gap, length], index): Cue => {
        const start = at + gap;
        at = start + length;
        return { start, end: at, text: `${index}` };
      });
    });
  const textAt = (list: readonly Cue[], frame: number) =>
    list.filter(({ start, end }) => start <= frame && frame < end).map(({ text }) => text);
  fc.assert(
    fc.property(cues, fc.nat({ max: 100 }), fc.integer({ min: 1, max: 60 }), (all, start, frames) => {
      const cut = cuesWithin(all, start, frames);
      for (let frame = 0; frame < frames; frame++) expect(textAt(cut, frame)).toEqual(textAt(all, start + frame));
      for (const cue of cut) expect(cue.start >= 0 && cue.end <= frames && cue.end > cue.start).toBe(true);
    }),
  );
});

describe("charactersWithoutGlyph", () => {
  test.each([
    ["Hello, wörld! Ελληνικά, кириллица — “quotes” 1/2 €", []],
    ["© ® ™", []],
    ["你好, 你好", []],
    ["한국", ["한", "국"]],
    ["مرحبا", ["م", "ر", "ح", "ب", "ا"]],
    ["fine 👍", ["👍"]],
    ["joined\u200d\u2060 and\ttabbed\u00a0", []],
    ["a\ud800b", ["\ud800"]],
  ])("%j lacks %j in Noto Sans and Noto Sans SC", (text, missing) => {
    expect(charactersWithoutGlyph(text, fonts)).toEqual(missing);
  });
});

describe("assDocument", () => {
  const request = (fields: object) => videoRequestSchema.parse({ video_materials: [{ url: "a.mp4" }], ...fields });
  const style = captionStyle(request({ text_background_color: false }), { width: 720, height: 1280 });
  const document = (cues: Cue[], frameRate = 30) => assDocument(cues, style, fonts, frameRate).text;
  const dialogues = (document: string) => document.split("\n").filter((line) => line.startsWith("Dialogue:"));
  const text = (line: string | undefined) => line?.split(",").slice(9).join(",") ?? "";

  test("is sized to the frame and names the font", () => {
    const written = document([{ start: 0, end: 30, text: "Hi" }]);
    expect(written).toContain("PlayResX: 720\nPlayResY: 1280\n");
    // 60 px of a frame 1080 wide are 40 px here, and the font's ascent and descent are 1.519 of its em.
    expect(dialogues(written)).toEqual([
      "Dialogue: 0,0:00:00.00,0:00:00.98,Default,,0,0,0,,{\\fnNoto Sans Regular\\fs60.76}Hi",
    ]);
  });

  test("each run of text names the font that has its glyphs, and those fonts alone are asked for", () => {
    const both = assDocument([{ start: 0, end: 30, text: "Hi 你好" }], style, fonts, 30);
    expect(both.fonts).toEqual([0, 1]);
    expect(text(dialogues(both.text)[0])).toMatch(
      /^\{\\fnNoto Sans Regular[^}]*\}Hi \{\\fnNoto Sans SC Regular[^}]*\}你好$/,
    );
    expect(assDocument([{ start: 0, end: 30, text: "你好" }], style, fonts, 30).fonts).toEqual([1]);
  });

  test("colours, outline and place are what was asked for", () => {
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
      // Half of it: the root, which FFmpeg multiplies by itself.
      "&H4A000000",
      "4",
      "2.00",
      "8",
    ]);
  });

  /** What libass draws of a text: a brace block is an override tag, `\N`, `\n` and `\h` are breaks and spaces. */
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
  ])("%j is drawn as it stands", (given) => {
    const [line] = dialogues(document([{ start: 0, end: 30, text: given }]));
    expect(drawn(text(line)).replaceAll("\u2060", "")).toBe(given);
  });

  test("no text is read as override tags or breaks out of its line", () => {
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

  test("a line is seen from exactly its first frame to exactly its last, at any hour", () => {
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
          // The ass filter asks libass for a frame by its time in milliseconds.
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
});

test("Arabic is measured as it is written, joined", () => {
  const [font] = fontsFor("سلسبيل");
  const measure = textMeasure(font ? [font.font] : []);
  const apart = [..."سلسبيل"].join("\u200c");
  expect(joinedForms("سلسبيل")).toBe("\ufeb3\ufee0\ufeb4\ufe92\ufef4\ufede");
  // Marks lie on letters and part none; an alef joins nothing after it; Persian letters have forms of another block.
  expect(joinedForms("كَتَبَ")).toBe("\ufedb\u064e\ufe98\u064e\ufe90\u064e");
  expect(joinedForms("دار")).toBe("\ufea9\ufe8d\ufead");
  expect(joinedForms("یک")).toBe("\ufbfe\ufb8f");
  expect(joinedForms("Latin, 漢字")).toBe("Latin, 漢字");
  expect(measure("سلسبيل")).toBeLessThan(0.7 * measure(apart));
});
