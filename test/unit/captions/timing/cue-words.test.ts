import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cue } from "../../../../src/captions/timing/cue-timing.ts";
import { spreadWords, withSpreadWords } from "../../../../src/captions/timing/cue-words.ts";
import { spokenCues } from "../../../../src/captions/timing/spoken-cues.ts";
import { wordSpans } from "../../../../src/text/word-spans.ts";
import { scripts } from "../../support/scripts.ts";

const script = fc.constantFrom(...scripts);

function expectWordsInside(cue: Cue): void {
  let [place, frame] = [0, cue.start];
  const enough = cue.end - cue.start >= (cue.words?.length ?? 0);
  for (const { from, to, start, end } of cue.words ?? []) {
    expect(from).toBeGreaterThanOrEqual(place);
    expect(to).toBeGreaterThan(from);
    expect(start).toBeGreaterThanOrEqual(frame);
    expect(end - start).toBeGreaterThanOrEqual(enough ? 1 : 0);
    expect(end).toBeLessThanOrEqual(cue.end);
    [place, frame] = [to, end];
  }
  expect(place).toBeLessThanOrEqual(cue.text.length);
}

test("words of a cue in ten scripts follow each other inside its time, one frame or more each if there is time", () => {
  fc.assert(
    fc.property(script, fc.nat({ max: 500 }), fc.integer({ min: 1, max: 300 }), ({ language, text }, start, frames) => {
      const cue = withSpreadWords({ start, end: start + frames, text: `\u200f${text.replace(" ", "\n")}` }, language);
      expect(cue.words).toHaveLength(wordSpans(cue.text, language).length);
      expect(cue.words?.[0]?.start).toBe(start);
      expectWordsInside(cue);
    }),
    { numRuns: 100 },
  );
});

test("words that a voice timed keep their times within half a frame, in ten scripts and in cues of any length", () => {
  fc.assert(
    fc.property(
      script,
      fc.array(fc.tuple(fc.double({ min: 0.07, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.3, noNaN: true })), {
        minLength: 40,
        maxLength: 40,
      }),
      fc.integer({ min: 1, max: 12 }),
      ({ language, text }, lengths, wordsPerCue) => {
        let time = 0.5;
        const spans = wordSpans(text, language);
        const words = spans.map(({ start, end }, index) => {
          const [length = 1, gap = 0] = lengths[index] ?? [];
          const word = { text: text.slice(start, end), start: time, end: time + length };
          time += length + gap;
          return word;
        });
        const texts: string[] = [];
        for (let index = 0; index < spans.length; index += wordsPerCue) {
          const last = spans[Math.min(spans.length, index + wordsPerCue) - 1];
          texts.push(text.slice(spans[index]?.start, last?.end));
        }
        const sentence = { text, start: 0.4, end: time, words };
        const cues = spokenCues([{ sentence, texts }], 3000, 30, language);
        for (const cue of cues) expectWordsInside(cue);
        const shown = cues.flatMap((cue) => cue.words ?? []);
        expect(shown).toHaveLength(words.length);
        for (const [index, { start, end }] of shown.entries()) {
          expect(Math.abs(start / 30 - (words[index]?.start ?? 0))).toBeLessThanOrEqual(0.5 / 30 + 1e-9);
          expect(Math.abs(end / 30 - (words[index]?.end ?? 0))).toBeLessThanOrEqual(0.5 / 30 + 1e-9);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("a word before a comma ends before the next word begins, and the last word ends with the time", () => {
  const [first, second] = spreadWords(["Well,", "then."], { start: 1, end: 2 });
  expect(first?.end).toBeLessThan(second?.start ?? 0);
  expect(second?.end).toBe(2);
});
