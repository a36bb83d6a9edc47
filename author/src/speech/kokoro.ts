import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { withoutSuffix } from "../calls/provider-url.ts";
import { readBase64, readJson } from "../calls/read-answer.ts";
import { checkAudio, clampRate } from "./audio.ts";
import type { KnownVoice } from "./known-voice.ts";
import type { SpeechProviderFactory } from "./provider.ts";
import { checkWords } from "./word-times.ts";

const TITLE = "The Kokoro server (KOKORO_URL)";

/** The first letter of a voice is its language; the second one its gender. */
const LANGUAGES: Record<string, string> = {
  a: "en-US",
  b: "en-GB",
  e: "es",
  f: "fr",
  h: "hi",
  i: "it",
  j: "ja",
  p: "pt-BR",
  z: "zh",
};

const listSchema = z.object({ voices: z.array(z.union([z.string(), z.looseObject({ id: z.string() })])).max(2000) });

const speechSchema = z.object({
  audio: z.string().min(1),
  timestamps: z
    .array(z.object({ word: z.string(), start_time: z.number().nullish(), end_time: z.number().nullish() }))
    .max(10_000)
    .nullish(),
});

function describe(id: string): KnownVoice | null {
  const [, language = "", gender = ""] = /^([a-z])([fm])_[\w-]+$/.exec(id) ?? [];
  const tag = LANGUAGES[language];
  if (tag === undefined) return null;
  const name = id.slice(3);
  return {
    id: `kokoro:${id}`,
    name: name.charAt(0).toUpperCase() + name.slice(1),
    language: tag,
    gender: gender === "f" ? "female" : "male",
    provider: "kokoro",
    alsoSpeaks: [],
  };
}

/** Kokoro-FastAPI's captioned speech, which comes with word times. */
export const kokoro: SpeechProviderFactory = (context) => {
  const { KOKORO_URL } = context.settings;
  if (KOKORO_URL === undefined) return null;
  const base = withoutSuffix(KOKORO_URL, "/v1");
  const call = {
    provider: TITLE,
    kind: "voice",
    settings: { key: "KOKORO_URL", others: "KOKORO_URL and the voice" },
  } as const;

  return {
    name: "kokoro",
    title: TITLE,

    async voices() {
      const answer = await callProvider({ ...call, purpose: "list" as const, url: `${base}/v1/audio/voices` }, context);
      const { voices } = readJson(answer, listSchema, TITLE);
      return voices.flatMap((voice) => describe(typeof voice === "string" ? voice : voice.id) ?? []);
    },

    // Voices can be mixed: af_bella+af_sky.
    unlisted(id) {
      const first = describe(id.split(/[+(]/, 1)[0] ?? "");
      return first && { ...first, id: `kokoro:${id}`, name: id };
    },

    async speak({ text, voice, rate }) {
      const speed = clampRate(rate, 0.25, 4);
      const body = {
        model: "kokoro",
        input: text,
        voice,
        response_format: "wav",
        speed,
        stream: false,
        return_timestamps: true,
      };
      const headers = { "content-type": "application/json" };
      const url = `${base}/dev/captioned_speech`;
      const answer = await callProvider({ ...call, url, headers, body: JSON.stringify(body) }, context);
      const { audio, timestamps } = readJson(answer, speechSchema, TITLE);
      const words = (timestamps ?? []).flatMap(({ word, start_time: start, end_time: end }) =>
        typeof start === "number" && typeof end === "number" ? [{ text: word, start, end }] : [],
      );
      return { ...checkAudio(readBase64(audio, TITLE), TITLE), words: checkWords(words), rate: speed };
    },
  };
};
