import { expect, test } from "vitest";
import { readWordTimings } from "../../../../src/captions/word-timings/read-word-timings.ts";

const read = (content: unknown) => {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return readWordTimings(new TextEncoder().encode(text)).words;
};
const HELLO_WORLD = [
  { text: "Hello", start: 0.5, end: 1 },
  { text: "world.", start: 1.1, end: 1.6 },
];
const words = (names: { text?: string; start?: string; end?: string } = {}, space = "") =>
  HELLO_WORLD.map(({ text, start, end }) => ({
    [names.text ?? "word"]: space + text,
    [names.start ?? "start"]: start,
    [names.end ?? "end"]: end,
  }));
const segment = {
  id: 0,
  seek: 0,
  start: 0.5,
  end: 1.6,
  text: " Hello world.",
  tokens: [50364, 2425, 1002],
  temperature: 0,
};
const characters = [..."Hello world."];
const character_start_times_seconds = characters.map((_, index) =>
  index < 6 ? 0.5 + index * 0.1 : 1.1 + (index - 6) / 12,
);
const character_end_times_seconds = character_start_times_seconds.map((start, index) =>
  index < 6 ? start + 0.1 : start + 1 / 12,
);

test.each([
  ["a list of words", words()],
  ["an object with words", { words: words() }],
  [
    "OpenAI's verbose JSON with words",
    { task: "transcribe", language: "english", duration: 2, text: "Hello world.", words: words() },
  ],
  ["OpenAI's verbose JSON with words and segments", { text: "Hello world.", segments: [segment], words: words() }],
  [
    "OpenAI Whisper's JSON",
    {
      text: " Hello world.",
      segments: [{ ...segment, words: words({}, " ").map((word) => ({ ...word, probability: 0.9 })) }],
      language: "en",
    },
  ],
  ["faster-whisper's list of segments", [{ ...segment, words: words({}, " ") }]],
  [
    "whisper-timestamped's JSON",
    { segments: [{ ...segment, words: words({ text: "text" }).map((word) => ({ ...word, confidence: 0.5 })) }] },
  ],
  [
    "WhisperX's JSON",
    {
      segments: [
        {
          start: 0.5,
          end: 1.6,
          text: " Hello world.",
          words: words().map((word) => ({ ...word, score: 0.8, speaker: "A" })),
        },
      ],
      word_segments: words(),
    },
  ],
  ["the words of WhisperX alone", { word_segments: words() }],
  [
    "Transformers' chunks",
    {
      text: " Hello world.",
      chunks: HELLO_WORLD.map(({ text, start, end }) => ({ text: ` ${text}`, timestamp: [start, end] })),
    },
  ],
  [
    "whisper.cpp's JSON by word",
    {
      systeminfo: "AVX = 1",
      transcription: HELLO_WORLD.map(({ text, start, end }) => ({
        timestamps: { from: "00:00:00,500", to: "00:00:01,000" },
        offsets: { from: start * 1000, to: end * 1000 },
        text: ` ${text}`,
      })),
    },
  ],
  [
    "whisper.cpp's full JSON with tokens",
    {
      transcription: [
        {
          offsets: { from: 500, to: 1600 },
          text: " Hello world.",
          tokens: [
            { text: "[_BEG_]", offsets: { from: 0, to: 0 }, id: 50364 },
            { text: " Hello", offsets: { from: 500, to: 1000 }, id: 1 },
            { text: " wor", offsets: { from: 1100, to: 1300 }, id: 2 },
            { text: "ld", offsets: { from: 1300, to: 1500 }, id: 3 },
            { text: ".", offsets: { from: 1500, to: 1600 }, id: 4 },
            { text: "[_TT_80]", offsets: { from: 1600, to: 1600 }, id: 50444 },
          ],
        },
      ],
    },
  ],
  [
    "ElevenLabs' alignment",
    {
      audio_base64: "AAAA",
      alignment: { characters, character_start_times_seconds, character_end_times_seconds },
      normalized_alignment: null,
    },
  ],
  ["ElevenLabs' alignment alone", { characters, character_start_times_seconds, character_end_times_seconds }],
  [
    "ElevenLabs' stream of JSON lines",
    `${JSON.stringify({ alignment: { characters: characters.slice(0, 6), character_start_times_seconds: character_start_times_seconds.slice(0, 6), character_end_times_seconds: character_end_times_seconds.slice(0, 6) } })}\n${JSON.stringify({ alignment: { characters: characters.slice(6), character_start_times_seconds: character_start_times_seconds.slice(6), character_end_times_seconds: character_end_times_seconds.slice(6) } })}\n`,
  ],
  [
    "ElevenLabs' WebSocket alignment",
    {
      alignment: {
        chars: characters,
        charStartTimesMs: character_start_times_seconds.map((time) => time * 1000),
        charDurationsMs: characters.map((_, index) => (index < 6 ? 100 : 1000 / 12)),
      },
    },
  ],
  [
    "ElevenLabs' transcription",
    {
      text: "Hello world.",
      words: [
        words({ text: "text" })[0],
        { text: " ", start: 1, end: 1.1, type: "spacing" },
        words({ text: "text" })[1],
      ],
    },
  ],
  [
    "Kokoro's captioned speech",
    { audio: "AAAA", audio_format: "wav", timestamps: words({ start: "start_time", end: "end_time" }) },
  ],
  ["WebVTT with timestamps", "WEBVTT\n\n00:00:00.500 --> 00:00:01.600\nHello<00:00:01.000> <00:00:01.100>world.\n"],
  [
    "YouTube's WebVTT",
    "WEBVTT\nKind: captions\n\n00:00:00.500 --> 00:00:01.100 align:start position:0%\n \nHello\n\n00:00:01.100 --> 00:00:01.600 align:start position:0%\nHello\nworld.\n",
  ],
  [
    "SubRip with one word per subtitle",
    "1\n00:00:00,500 --> 00:00:01,000\nHello\n\n2\n00:00:01,100 --> 00:00:01,600\nworld.\n",
  ],
  ["enhanced LRC", "[ar:Somebody]\n[00:00.50] <00:00.50> Hello <00:01.00> <00:01.10> world. <00:01.60>\n"],
  ["LRC with an offset", "[offset:+500]\n[00:01.00]<00:01.00>Hello<00:01.50>\n[00:01.60]<00:01.60>world.<00:02.10>\n"],
])("the times of words are read from %s", (_, content) => {
  const found = read(content);
  expect(found.map(({ text }) => text)).toEqual(["Hello", "world."]);
  for (const [index, { start, end }] of HELLO_WORLD.entries()) {
    expect(found[index]?.start).toBeCloseTo(start, 6);
    const held = typeof content === "string" && content.includes("Kind:") ? 1.1 : end;
    expect(found[index]?.end).toBeGreaterThanOrEqual(held - 1e-6);
    expect(found[index]?.end).toBeLessThanOrEqual(1.6 + 1e-6);
  }
});

test("words without times, as WhisperX leaves them for numbers, get the time between their neighbours", () => {
  const given = [{ word: "In", start: 0, end: 0.5 }, { word: "2026" }, { word: "we", start: 1.5, end: 2 }];
  expect(read({ segments: [{ text: "In 2026 we", words: given }] })).toEqual([
    { text: "In", start: 0, end: 0.5 },
    { text: "2026", start: 0.5, end: 1.5 },
    { text: "we", start: 1.5, end: 2 },
  ]);
});

test("a segment without words is divided, and its words follow each other", () => {
  const found = read({ segments: [{ start: 1, end: 3, text: " Two longer words" }] });
  expect(found.map(({ text }) => text)).toEqual(["Two", "longer", "words"]);
  expect([found[0]?.start, found[2]?.end]).toEqual([1, 3]);
});

test("a file in UTF-16 and one with a byte order mark are read", () => {
  const text = JSON.stringify(words());
  const utf16 = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((letter) => [letter.charCodeAt(0), 0])]);
  expect(readWordTimings(utf16).words).toEqual(HELLO_WORLD);
  expect(read(`\uFEFF${text}`)).toEqual(HELLO_WORLD);
});

test.each([
  ["broken JSON", '[{"word": "a"', "the file is not valid JSON"],
  ["an empty list", "[]", "the JSON has no timed words"],
  ["other JSON", '{"name": "x"}', "the JSON has no timed words"],
  ["words without times", '[{"word": "a"}]', "no word has a start in seconds"],
  [
    "a word that ends before its start",
    '[{"word": "a", "start": 2, "end": 1}]',
    'word 1 ("a"): end is 1, before its start at 2',
  ],
  ["a time before 0", '[{"word": "a", "start": -1, "end": 1}]', 'word 1 ("a"): start is -1, before 0'],
  [
    "an alignment whose lists differ",
    '{"characters": ["a"], "character_start_times_seconds": []}',
    "1 characters, but 0 start times",
  ],
  ["LRC without times", "[ar:Somebody]\nla la la\n", "no line of the LRC file has a time"],
  ["a text", "Hello world", "no word has a start in seconds"],
])("%s is refused with the reason", (_, content, message) => {
  expect(() => read(content)).toThrow(message);
});
