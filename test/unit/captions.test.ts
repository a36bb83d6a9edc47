import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { assDocument } from "../../src/timeline/ass.ts";
import { type Cue, charactersWithoutGlyph, cuesWithin, splitScript, timeCues } from "../../src/timeline/captions.ts";

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
const withoutSpace = (text: string) => text.replace(/\s+/g, "");

describe("splitScript", () => {
  test.each([
    ["", []],
    [" \n\t ", []],
    ["One. Two! Three?", ["One.", "Two!", "Three?"]],
    ["one\ntwo", ["one", "two"]],
    ["much   white\tspace", ["much white space"]],
  ])("%j → %j", (text, lines) => {
    expect(splitScript(text)).toEqual(lines);
  });

  test("a long sentence is cut between words, into lines of about the same length", () => {
    const lines = splitScript("the quick brown fox jumps over the lazy dog and then it does so again and again");
    expect(lines.length).toBe(2);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(42);
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

  test("a line is one tidy line, and longer than a screen takes only where a single word is", () => {
    fc.assert(
      fc.property(script, (text) => {
        for (const line of splitScript(text)) {
          expect(line).toBe(line.trim());
          expect(line).not.toMatch(/[\r\n\t]|\s\s|^$/);
          if (line.includes(" ")) expect(line.length).toBeLessThanOrEqual(42);
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
    ["你好, 你好", ["你", "好"]],
    ["مرحبا", ["م", "ر", "ح", "ب", "ا"]],
    ["fine 👍", ["👍"]],
    ["a\ud800b", ["\ud800"]],
  ])("%j lacks %j", (text, missing) => {
    expect(charactersWithoutGlyph(text)).toEqual(missing);
  });
});

describe("assDocument", () => {
  const style = { width: 720, height: 1280, font: "Noto Sans" };
  const dialogues = (document: string) => document.split("\n").filter((line) => line.startsWith("Dialogue:"));
  const text = (line: string | undefined) => line?.split(",").slice(9).join(",") ?? "";

  test("is sized to the frame and names the font", () => {
    const document = assDocument([{ start: 0, end: 30, text: "Hi" }], style, 30);
    expect(document).toContain("PlayResX: 720\nPlayResY: 1280\n");
    expect(document).toMatch(/^Style: Default,Noto Sans,\d+,/m);
    expect(dialogues(document)).toEqual(["Dialogue: 0,0:00:00.00,0:00:00.98,Default,,0,0,0,,Hi"]);
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
    const [line] = dialogues(assDocument([{ start: 0, end: 30, text: given }], style, 30));
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
          const document = assDocument([{ start: 0, end: 30, text: given }], style, 30);
          expect(dialogues(document)).toHaveLength(1);
          expect(document.split("\n").at(-1)).toBe("");
          expect(drawn(text(dialogues(document)[0])).replaceAll("\u2060", "")).toBe(
            given.replaceAll("\u2060", "").replace(/[\r\n]+/g, " "),
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
        const [line = ""] = dialogues(assDocument([cue], style, frameRate));
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
