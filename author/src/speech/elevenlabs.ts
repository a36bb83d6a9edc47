import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { withoutSuffix } from "../calls/provider-url.ts";
import { readBase64, readJson } from "../calls/read-answer.ts";
import { checkAudio, clampRate } from "./audio.ts";
import type { KnownVoice } from "./known-voice.ts";
import type { SpeechProviderFactory } from "./provider.ts";
import { wordsOfCharacters } from "./word-times.ts";

const TITLE = "ElevenLabs";
const OWN_ADDRESS = "https://api.elevenlabs.io";
/** Every voice speaks its 29 languages. */
const MODEL = "eleven_multilingual_v2";
const LANGUAGES = "en ja zh de hi fr ko pt it es id nl tr fil pl sv bg ro ar cs el fi hr ms sk da ta uk ru".split(" ");

const listSchema = z.object({
  voices: z
    .array(
      z.object({
        voice_id: z.string().min(1).max(100),
        name: z.string().nullish(),
        labels: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .max(5000),
});

const times = z.array(z.number());
const speechSchema = z.object({
  audio_base64: z.string().min(1),
  alignment: z
    .object({
      characters: z.array(z.string()).max(100_000),
      character_start_times_seconds: times,
      character_end_times_seconds: times,
    })
    .nullish(),
});

function describe(id: string, name: string, labels: Record<string, unknown>): KnownVoice {
  const language = typeof labels.language === "string" && /^[a-z]{2,3}(-\w+)*$/i.test(labels.language);
  const gender = labels.gender === "female" || labels.gender === "male" ? labels.gender : "neutral";
  return {
    id: `elevenlabs:${id}`,
    name: name.slice(0, 200),
    language: language ? String(labels.language) : "en",
    gender,
    provider: "elevenlabs",
    alsoSpeaks: LANGUAGES,
  };
}

/** ElevenLabs' speech with the times of its characters. */
export const elevenLabs: SpeechProviderFactory = (context) => {
  const { ELEVENLABS_URL, ELEVENLABS_API_KEY } = context.settings;
  if (ELEVENLABS_API_KEY === undefined) return null;
  const base = withoutSuffix(ELEVENLABS_URL ?? OWN_ADDRESS, "/v1");
  const call = {
    provider: TITLE,
    kind: "voice",
    settings: { key: "ELEVENLABS_API_KEY", others: "the voice" },
    headers: { "xi-api-key": ELEVENLABS_API_KEY, "content-type": "application/json" },
  } as const;

  return {
    name: "elevenlabs",
    title: TITLE,

    async voices() {
      const answer = await callProvider({ ...call, purpose: "list" as const, url: `${base}/v1/voices` }, context);
      const { voices } = readJson(answer, listSchema, TITLE);
      return voices.map((voice) => describe(voice.voice_id, voice.name ?? voice.voice_id, voice.labels ?? {}));
    },

    unlisted: (id) => (/^\w{1,100}$/.test(id) ? describe(id, id, {}) : null),

    async speak({ text, voice, rate }) {
      const speed = clampRate(rate, 0.7, 1.2);
      const body = { text, model_id: MODEL, ...(speed === 1 ? {} : { voice_settings: { speed } }) };
      const path = `/v1/text-to-speech/${encodeURIComponent(voice)}/with-timestamps?output_format=mp3_44100_128`;
      const answer = await callProvider({ ...call, url: base + path, body: JSON.stringify(body) }, context);
      const { audio_base64, alignment } = readJson(answer, speechSchema, TITLE);
      const words = alignment
        ? wordsOfCharacters({
            characters: alignment.characters,
            starts: alignment.character_start_times_seconds,
            ends: alignment.character_end_times_seconds,
          })
        : null;
      return { ...checkAudio(readBase64(audio_base64, TITLE), TITLE), words, rate: speed };
    },
  };
};
