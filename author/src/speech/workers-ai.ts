import { unreadable } from "../calls/provider-error.ts";
import { readWorkersAiFile, runWorkersAi, WORKERS_AI } from "../calls/workers-ai-call.ts";
import { checkAudio } from "./audio.ts";
import type { KnownVoice } from "./known-voice.ts";
import type { SpeechProviderFactory } from "./provider.ts";

/** Speakers of Deepgram's Aura 2, by model, language and gender. The first of each list is preferred. */
const SPEAKERS: readonly { model: "aura-2-en" | "aura-2-es"; language: string; female: string; male: string }[] = [
  {
    model: "aura-2-en",
    language: "en-US",
    female:
      "luna thalia andromeda helena amalthea asteria athena aurora callista cora cordelia delia electra harmonia hera iris " +
      "janus juno minerva ophelia phoebe vesta",
    male: "apollo arcas aries atlas hermes jupiter mars neptune odysseus orion orpheus pluto saturn zeus",
  },
  { model: "aura-2-en", language: "en-GB", female: "pandora", male: "draco" },
  { model: "aura-2-en", language: "en-AU", female: "theia", male: "hyperion" },
  { model: "aura-2-es", language: "es-419", female: "selena", male: "aquila" },
  { model: "aura-2-es", language: "es-MX", female: "estrella", male: "sirio javier" },
  { model: "aura-2-es", language: "es-ES", female: "carina diana", male: "nestor alvaro" },
  { model: "aura-2-es", language: "es-CO", female: "celeste", male: "" },
];

/** Languages of MeloTTS whose codes its model and Workers AI share. It has one voice for each. */
const MELO_LANGUAGES = ["fr", "zh", "es", "en"] as const;

const voices: KnownVoice[] = [
  ...SPEAKERS.flatMap(({ model, language, female, male }) =>
    (["female", "male"] as const).flatMap((gender) =>
      (gender === "female" ? female : male)
        .split(" ")
        .filter((speaker) => speaker !== "")
        .map((speaker) => ({ ...{ model, language, gender }, id: `workers-ai:${model}/${speaker}`, name: speaker })),
    ),
  ),
  ...MELO_LANGUAGES.map((language) => ({
    ...{ language, gender: "female" as const },
    ...{ id: `workers-ai:melotts/${language}`, name: `MeloTTS ${language}` },
  })),
].map(({ id, name, language, gender }) => ({ id, name, language, gender, provider: "workers-ai", alsoSpeaks: [] }));

/** Deepgram's Aura 2 and MeloTTS through the binding. They give no word times and have only one speed. */
export const workersAi: SpeechProviderFactory = (context) => {
  if (!context.bindings.AI) return null;
  return {
    name: "workers-ai",
    title: WORKERS_AI,
    voices: async () => voices,
    unlisted: () => null,

    async speak({ text, voice }) {
      const [model = "", speaker = ""] = voice.split("/");
      if (!voices.some(({ id }) => id === `workers-ai:${voice}`)) {
        throw unreadable(WORKERS_AI, `that it has no voice ${JSON.stringify(voice)}`);
      }
      const answer =
        model === "melotts"
          ? await runWorkersAi("voice", "@cf/myshell-ai/melotts", { prompt: text, lang: speaker }, context)
          : await runWorkersAi(
              "voice",
              `@cf/deepgram/${model}`,
              { text, speaker, encoding: "linear16", container: "wav" },
              context,
            );
      const audio = await readWorkersAiFile(answer, "audio");
      return { ...checkAudio(audio, WORKERS_AI), words: null, rate: 1 };
    },
  };
};
