import { callOpenAi } from "../calls/openai-call.ts";
import { ProviderError } from "../calls/provider-error.ts";
import { checkAudio, clampRate } from "./audio.ts";
import type { KnownVoice } from "./known-voice.ts";
import type { SpeechProviderFactory } from "./provider.ts";

const TITLE = "The OpenAI-compatible speech server (SPEECH_URL)";
const OWN_ADDRESS = "https://api.openai.com/v1";

/** OpenAI's voices. Compatible servers accept these names too, and most have others of their own. */
const VOICES: readonly (readonly [string, KnownVoice["gender"]])[] = [
  ["alloy", "neutral"],
  ["ash", "male"],
  ["ballad", "male"],
  ["coral", "female"],
  ["echo", "male"],
  ["fable", "neutral"],
  ["nova", "female"],
  ["onyx", "male"],
  ["sage", "female"],
  ["shimmer", "female"],
  ["verse", "male"],
];

function voice(id: string, gender: KnownVoice["gender"]): KnownVoice {
  return { id: `openai:${id}`, name: id, language: "mul", gender, provider: "openai", alsoSpeaks: null };
}

/** `POST {SPEECH_URL}/audio/speech`: OpenAI, and servers that speak its protocol. */
export const openAiCompatible: SpeechProviderFactory = (context) => {
  const { SPEECH_URL, SPEECH_API_KEY, SPEECH_MODEL } = context.settings;
  if (SPEECH_URL === undefined && SPEECH_API_KEY === undefined) return null;

  const call = (text: string, voice: string, format: "wav" | "mp3", speed: number) => {
    const request = {
      provider: TITLE,
      kind: "voice" as const,
      settings: { key: "SPEECH_API_KEY", others: "SPEECH_URL, SPEECH_MODEL and the voice" },
      headers: {
        "content-type": "application/json",
        ...(SPEECH_API_KEY === undefined ? {} : { authorization: `Bearer ${SPEECH_API_KEY}` }),
      },
      body: JSON.stringify({ model: SPEECH_MODEL, input: text, voice, response_format: format, speed }),
    };
    return callOpenAi(request, SPEECH_URL ?? OWN_ADDRESS, "/audio/speech", context);
  };

  return {
    name: "openai",
    title: TITLE,
    voices: async () => VOICES.map(([id, gender]) => voice(id, gender)),
    unlisted: (id) => voice(id, "neutral"),

    async speak({ text, voice, rate }) {
      const speed = clampRate(rate, 0.25, 4);
      // WAV has no silence at its ends, unlike MP3. Some servers do not make it.
      const answer = await call(text, voice, "wav", speed).catch((error: unknown) => {
        if (!(error instanceof ProviderError) || (error.status !== 400 && error.status !== 422)) throw error;
        return call(text, voice, "mp3", speed);
      });
      return { ...checkAudio(answer.bytes, TITLE), words: null, rate: speed };
    },
  };
};
