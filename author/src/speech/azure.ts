import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { readJson } from "../calls/read-answer.ts";
import { checkAudio, clampRate } from "./audio.ts";
import type { KnownVoice } from "./known-voice.ts";
import type { SpeechProviderFactory } from "./provider.ts";
import { ssml } from "./ssml.ts";

const TITLE = "Azure Speech";

const listSchema = z
  .array(
    z.object({
      ShortName: z.string().min(1).max(200),
      DisplayName: z.string().nullish(),
      Gender: z.string().nullish(),
      Locale: z.string().min(2).max(50),
      SecondaryLocaleList: z.array(z.string()).nullish(),
    }),
  )
  .max(10_000);

/** The locale that a voice's name begins with. */
const LOCALE = /^[a-z]{2,3}(-[A-Za-z]{4})?-(?:[A-Z]{2}|\d{3})(?=-)/;

function genderOf(name: string | null | undefined): KnownVoice["gender"] {
  return name === "Female" ? "female" : name === "Male" ? "male" : "neutral";
}

/** Azure's REST interface with SSML. It gives no word times. */
export const azure: SpeechProviderFactory = (context) => {
  const { AZURE_SPEECH_KEY, AZURE_SPEECH_REGION, AZURE_SPEECH_URL } = context.settings;
  if (AZURE_SPEECH_KEY === undefined) return null;
  const base = AZURE_SPEECH_URL ?? `https://${AZURE_SPEECH_REGION}.tts.speech.microsoft.com`;
  const call = {
    provider: TITLE,
    kind: "voice",
    settings: { key: "AZURE_SPEECH_KEY and AZURE_SPEECH_REGION", others: "AZURE_SPEECH_REGION and the voice" },
  } as const;
  const key = { "ocp-apim-subscription-key": AZURE_SPEECH_KEY };

  return {
    name: "azure",
    title: TITLE,

    async voices() {
      const url = `${base}/cognitiveservices/voices/list`;
      const answer = await callProvider({ ...call, purpose: "list" as const, url, headers: key }, context);
      return readJson(answer, listSchema, TITLE).map((voice) => ({
        id: `azure:${voice.ShortName}`,
        name: (voice.DisplayName ?? voice.ShortName).slice(0, 200),
        language: voice.Locale,
        gender: genderOf(voice.Gender),
        provider: "azure",
        alsoSpeaks: (voice.SecondaryLocaleList ?? []).map((locale) => locale.split("-")[0] ?? locale),
      }));
    },

    unlisted(id, hasList) {
      const language = LOCALE.exec(id)?.[0];
      if (hasList || language === undefined || !/^[\w:.-]{1,100}$/.test(id)) return null;
      return { id: `azure:${id}`, name: id, language, gender: "neutral", provider: "azure", alsoSpeaks: [] };
    },

    async speak({ text, voice, language, rate }) {
      const speed = clampRate(rate, 0.5, 2);
      const headers = {
        ...key,
        "content-type": "application/ssml+xml",
        "x-microsoft-outputformat": "riff-24khz-16bit-mono-pcm",
      };
      const body = ssml(text, voice, language || (LOCALE.exec(voice)?.[0] ?? "en-US"), speed);
      const answer = await callProvider({ ...call, url: `${base}/cognitiveservices/v1`, headers, body }, context);
      return { ...checkAudio(answer.bytes, TITLE), words: null, rate: speed };
    },
  };
};
