import { expect, test } from "vitest";
import { pauseTimes } from "../../../../src/captions/pauses/pause-times.ts";
import { EnvelopeBuilder, findPauses, levelInDecibels } from "../../../../src/captions/pauses/sound-envelope.ts";
import { wordLength } from "../../../../src/captions/timing/speech-length.ts";
import { splitSentences } from "../../../../src/text/split-sentences.ts";
import { wordSpans } from "../../../../src/text/word-spans.ts";
import { seededRandom } from "../../../../src/timeline/seeded-random.ts";
import { scripts } from "../../support/scripts.ts";

const SPEECH = 130;

/** A narration that is made from words of random length, with what the options add. */
function narration(
  script: string,
  language: string,
  seed: string,
  {
    noise = 0,
    breaths = 0,
    missed = 0,
    intro = 0.3,
  }: { noise?: number; breaths?: number; missed?: number; intro?: number } = {},
) {
  const random = seededRandom(seed);
  const levels: number[] = [];
  const add = (seconds: number, level: number) => {
    for (let frame = 0; frame < Math.round(seconds * 100); frame++) {
      levels.push(Math.round(level + (random() - 0.5) * (level > 60 ? 24 : 6)));
    }
  };
  add(intro, noise);
  const speed = 0.04 + 0.03 * random();
  const words: { start: number; first: boolean }[] = [];
  for (const sentence of splitSentences(script, language)) {
    for (const [index, { start, end }] of wordSpans(sentence, language).entries()) {
      const word = sentence.slice(start, end);
      words.push({ start: levels.length / 100, first: index === 0 });
      // A plosive inside a word is a short silence.
      add(0.05, SPEECH);
      add(0.04, noise);
      add(Math.max(0.05, wordLength(word, language) * speed * (0.75 + 0.5 * random()) - 0.09), SPEECH);
      if (/[.!?。！？।؟]["”]?$/.test(word)) add(0.35 + 0.3 * random(), noise);
      else if (/[,;،，、—]$/.test(word) && random() >= missed) add(0.15 + 0.15 * random(), noise);
      else if (random() < breaths) add(0.13 + 0.15 * random(), noise);
    }
  }
  add(0.5, noise);
  return { levels: Uint8Array.from(levels.map((level) => Math.max(0, Math.min(255, level)))), words };
}

function errors(script: string, language: string, made: ReturnType<typeof narration>) {
  const found = (pauseTimes(script, made.levels, language) ?? []).flatMap(({ words }) => words ?? []);
  expect(found).toHaveLength(made.words.length);
  const off = made.words.map(({ start }, index) => Math.abs(start - (found[index]?.start ?? 0)));
  const mean = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  return { words: mean(off), lines: mean(off.filter((_, index) => made.words[index]?.first)) };
}

const longScript = (text: string) => Array.from({ length: 6 }, () => text).join(" ");

test.each([
  ["a quiet room", {}],
  ["a loud room", { noise: 85 }],
  ["a speaker who does not pause at every comma", { missed: 0.5 }],
  ["a speaker who pauses between words too", { breaths: 0.08, noise: 40 }],
  ["a long silence before the first word", { intro: 4 }],
])("line starts are within 0.1 s and word starts within 0.15 s on average in ten scripts, with %s", (_, options) => {
  for (const { language, text } of scripts) {
    const script = longScript(text);
    const { lines, words } = errors(script, language, narration(script, language, language, options));
    expect(lines, language).toBeLessThan(0.1);
    expect(words, language).toBeLessThan(0.15);
  }
});

test("a quarter of an hour of narration is matched, and its last lines are as exact as the first", () => {
  const [english] = scripts;
  const script = Array.from({ length: 300 }, () => english.text).join("\n");
  const made = narration(script, "en", "hour", { breaths: 0.05, missed: 0.3, noise: 50 });
  expect(made.levels.length).toBeGreaterThan(80_000);
  const { lines, words } = errors(script, "en", made);
  expect(lines).toBeLessThan(0.1);
  expect(words).toBeLessThan(0.15);
});

test("a narration without any sound has no times, and words of a script without a pause are spread over the sound", () => {
  expect(pauseTimes("Hello there.", new Uint8Array(300), "en")).toBeNull();
  const steady = Uint8Array.from({ length: 300 }, (_, frame) => (frame < 100 || frame >= 250 ? 0 : SPEECH));
  const [sentence] = pauseTimes("Hello there friends.", steady, "en") ?? [];
  expect([sentence?.start, sentence?.end]).toEqual([1, 2.5]);
});

test("levels are in decibels, and frames keep their time at sample rates without whole frames", () => {
  const builder = new EnvelopeBuilder(22_050);
  const tone = (samples: number, amplitude: number) =>
    Int16Array.from({ length: samples }, (_, index) => amplitude * Math.sin((2 * Math.PI * 441 * index) / 22_050));
  builder.add(tone(22_050 * 60, 0));
  for (let second = 0; second < 10; second++) builder.add(tone(2205, 16_384));
  builder.add(tone(22_050, 0));
  const levels = builder.finish();
  expect(levels).toHaveLength(6200);
  expect(levelInDecibels(levels[6050] ?? 0)).toBeCloseTo(-9, 0);
  expect(findPauses(levels, 10)).toEqual([
    { start: 0, end: 6000 },
    { start: 6100, end: 6200 },
  ]);
});
