import { afterEach, expect, test } from "vitest";
import { fakeSpeech } from "../support/providers/audio.ts";
import { callAuthor, done, failure, providers } from "./support/call-author.ts";
import { sentence } from "./support/calls.ts";

afterEach(() => providers.reset());

const settings = providers.settings();
const text = "Tom & <Jerry> run, again.";
const audioOf = (rate: number) => Buffer.from(fakeSpeech(text, rate).wav);

test.each([
  [
    "kokoro:af_heart",
    "/dev/captioned_speech",
    { input: text, voice: "af_heart", response_format: "wav", speed: 1.5, stream: false, return_timestamps: true },
  ],
  [
    "openai:alloy",
    "/v1/audio/speech",
    { model: "fake-tts", input: text, voice: "alloy", response_format: "wav", speed: 1.5 },
  ],
])("the voice %s is asked in the documented form", async (voice, path, body) => {
  const { value } = await done("speak", [{ text, voice, language: "", rate: 1.5 }], { settings });
  expect(value).toMatchObject({ mediaType: "audio/wav", rate: 1.5, voice, provider: voice.split(":")[0] });
  expect(Buffer.from(value.audio)).toEqual(audioOf(1.5));
  expect(await providers.log()).toMatchObject([{ path, method: "POST", body, paid: true }]);
});

test("ElevenLabs is asked for times, within its range of speeds", async () => {
  const { value } = await done("speak", [{ ...sentence("elevenlabs:21m00Tcm4TlvDq8ikWAM"), text, rate: 2 }], {
    settings,
  });
  expect(value.rate).toBe(1.2);
  const { words } = fakeSpeech(text, 1.2);
  expect(value.words).toEqual(
    words
      .filter(({ text: word }) => word !== "&")
      .map((word) => ({
        ...{ text: word.text, start: expect.closeTo(word.start, 5), end: expect.closeTo(word.end, 5) },
      })),
  );
  expect(await providers.log()).toMatchObject([
    {
      path: "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/with-timestamps",
      query: { output_format: "mp3_44100_128" },
      body: { text },
    },
  ]);
});

test("Azure is asked in SSML, whose text is escaped", async () => {
  const { value } = await done("speak", [{ ...sentence("azure:en-US-JennyNeural"), text, rate: 1.2 }], { settings });
  expect(value).toMatchObject({ words: null, rate: 1.2, mediaType: "audio/wav" });
  // The fake reads the text back from the SSML.
  expect(Buffer.from(value.audio)).toEqual(audioOf(1.2));
  const [asked] = await providers.log();
  expect(asked?.body).toContain(
    '<voice name="en-US-JennyNeural"><prosody rate="+20%">Tom &amp; &lt;Jerry&gt; run, again.',
  );
});

test("Kokoro's word times come without its punctuation", async () => {
  const { value } = await done("speak", [sentence("kokoro:af_heart")], { settings });
  expect(value.words?.map((word) => word.text)).toEqual(["Hello", "small", "world"]);
  await providers.misbehave("kokoro", "no_times");
  expect((await done("speak", [sentence("kokoro:af_heart")], { settings })).value.words).toBeNull();
});

test("a server that makes no WAV is asked for MP3", async () => {
  await providers.misbehave("speech", "no_wav");
  await done("speak", [sentence("openai:alloy")], { settings });
  const formats = (await providers.log()).map(({ body }) => (body as { response_format: string }).response_format);
  expect(formats).toEqual(["wav", "mp3"]);
});

test.each([
  "speech:openai:alloy",
  "kokoro:kokoro:af_heart",
  "elevenlabs:elevenlabs:abc",
  "azure:azure:en-US-JennyNeural",
])("empty audio is a failure that a retry may heal: %s", async (pair) => {
  const [vendor, ...voice] = pair.split(":");
  await providers.misbehave(vendor as "speech", "empty");
  expect(await failure("speak", [sentence(voice.join(":"))], { settings })).toMatchObject({
    ...{ code: "provider_failed", retryable: true },
  });
});

test("the embedded voice speaks through its binding", async () => {
  const { value } = await done("speak", [{ ...sentence("embedded:slt"), rate: 2 }], { embedded: "runs" });
  expect(value).toMatchObject({
    provider: "embedded",
    mediaType: "audio/wav",
    rate: 2,
    words: [{ text: "Hello,", end: 0.5 }, {}, {}],
  });
  expect(await failure("speak", [sentence("embedded:slt")], { embedded: "dead" })).toMatchObject({
    ...{ code: "voice_unavailable", retryable: true },
  });
});

test.each([
  [
    "workers-ai:aura-2-en/luna",
    "@cf/deepgram/aura-2-en",
    { text: "Hello, small world.", speaker: "luna", encoding: "linear16", container: "wav" },
  ],
  [
    "workers-ai:aura-2-es/selena",
    "@cf/deepgram/aura-2-es",
    { text: "Hello, small world.", speaker: "selena", encoding: "linear16", container: "wav" },
  ],
  ["workers-ai:melotts/fr", "@cf/myshell-ai/melotts", { prompt: "Hello, small world.", lang: "fr" }],
])("Workers AI speaks with %s at its only speed", async (voice, model, input) => {
  const base64 = Buffer.from(fakeSpeech("Hello.", 1).wav).toString("base64");
  const ai = { [model]: model.includes("melotts") ? { audio: base64 } : { silence: 1 } };
  const { result, asked } = await callAuthor("speak", [{ ...sentence(voice), rate: 1.5 }], { ai });
  expect(result).toMatchObject({ status: "done", value: { mediaType: "audio/wav", words: null, rate: 1, voice } });
  expect(asked).toEqual([{ model, input }]);
});

test("a voice whose provider is not set up is unavailable", async () => {
  for (const voice of ["azure:en-US-JennyNeural", "nobody:x", "plain"]) {
    expect(await failure("speak", [sentence(voice)])).toMatchObject({ code: "voice_unavailable", retryable: false });
  }
});
