import { afterEach, expect, test } from "vitest";
import { writeWav } from "../../src/authoring/sound/wav.ts";
import { HEARD } from "../support/providers/transcription.ts";
import { callAuthor, done, failure, providers } from "./support/call-author.ts";

afterEach(() => providers.reset());

const settings = providers.settings("transcription");
const SECONDS = 2;
const audio = writeWav(8000, new Int16Array(8000 * SECONDS));
const HEARD_WORDS = HEARD.map(({ word, start, end }) => ({
  ...{ text: word, start: expect.closeTo(start * SECONDS, 5), end: expect.closeTo(end * SECONDS, 5) },
}));

test("an OpenAI-compatible server is asked for the times of words, in the documented form", async () => {
  const { value } = await done("transcribe", [{ audio, language: "pt-BR" }], { settings });
  expect(value).toEqual({ provider: "openai", words: HEARD_WORDS });
  expect(await providers.log()).toMatchObject([
    {
      ...{ path: "/v1/audio/transcriptions", method: "POST", paid: true },
      body: {
        ...{
          model: "fake-whisper",
          response_format: "verbose_json",
          "timestamp_granularities[]": "word",
          language: "pt",
        },
        file: { name: "narration.wav", type: "audio/wav", size: audio.byteLength },
      },
    },
  ]);
});

test("a language that ISO 639-1 does not have is left to the provider", async () => {
  for (const language of ["", "fil-PH"]) await done("transcribe", [{ audio, language }], { settings });
  for (const { body } of await providers.log()) expect(body).not.toHaveProperty("language");
});

test.each(["segments", "odd_words"])("words are read in other forms of the answer too: %s", async (how) => {
  await providers.misbehave("transcription", how);
  const { value } = await done("transcribe", [{ audio, language: "en" }], { settings });
  expect(value.words).toEqual(HEARD_WORDS);
});

test("a narration without speech has no words", async () => {
  await providers.misbehave("transcription", "silence");
  expect((await done("transcribe", [{ audio, language: "en" }], { settings })).value.words).toEqual([]);
});

test("a transcript without times is a failure that no retry heals", async () => {
  await providers.misbehave("transcription", "no_words");
  expect(await failure("transcribe", [{ audio, language: "en" }], { settings })).toMatchObject({
    ...{ code: "provider_failed", retryable: false },
  });
});

test("Workers AI's Whisper is asked with base64, and does what another provider failed to do", async () => {
  const words = [{ word: " Hello", start: 0.5, end: 1 }];
  const ai = {
    "@cf/openai/whisper-large-v3-turbo": { text: "Hello", segments: [{ start: 0, end: 1, text: "Hello", words }] },
  };
  await providers.misbehave("transcription", "401");
  const { result, asked } = await callAuthor("transcribe", [{ audio, language: "en" }], { settings, ai });
  expect(asked).toEqual([
    {
      model: "@cf/openai/whisper-large-v3-turbo",
      input: { audio: Buffer.from(audio).toString("base64"), language: "en" },
    },
  ]);
  expect(result).toMatchObject({
    ...{ status: "done", value: { provider: "workers-ai", words: [{ text: "Hello", start: 0.5, end: 1 }] } },
    warnings: [expect.stringContaining("next provider")],
  });
});

test("providers of transcriptions are among the abilities", async () => {
  const { result } = await callAuthor("abilities", [], { settings });
  expect(result).toMatchObject({ transcription: ["openai"] });
  expect((await callAuthor("abilities", [], {})).result).toMatchObject({ transcription: [] });
});
