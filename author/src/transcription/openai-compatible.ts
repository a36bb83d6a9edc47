import { callOpenAi } from "../calls/openai-call.ts";
import { readJson } from "../calls/read-answer.ts";
import { heardWords, transcriptSchema } from "./heard-words.ts";
import type { TranscriptionProviderFactory } from "./provider.ts";

const TITLE = "The OpenAI-compatible transcription server (TRANSCRIPTION_URL)";
const OWN_ADDRESS = "https://api.openai.com/v1";

/** `POST {TRANSCRIPTION_URL}/audio/transcriptions`: OpenAI, and servers that speak its protocol. */
export const openAiCompatible: TranscriptionProviderFactory = (context) => {
  const { TRANSCRIPTION_URL, TRANSCRIPTION_API_KEY, TRANSCRIPTION_MODEL } = context.settings;
  if (TRANSCRIPTION_URL === undefined && TRANSCRIPTION_API_KEY === undefined) return null;
  return {
    name: "openai",
    async transcribe({ audio, language }) {
      const body = new FormData();
      body.append("file", new File([audio], "narration.wav", { type: "audio/wav" }));
      body.append("model", TRANSCRIPTION_MODEL);
      body.append("response_format", "verbose_json");
      body.append("timestamp_granularities[]", "word");
      if (language !== "") body.append("language", language);
      const request = {
        provider: TITLE,
        kind: "voice" as const,
        purpose: "transcription" as const,
        settings: { key: "TRANSCRIPTION_API_KEY", others: "TRANSCRIPTION_URL and TRANSCRIPTION_MODEL" },
        headers: TRANSCRIPTION_API_KEY === undefined ? {} : { authorization: `Bearer ${TRANSCRIPTION_API_KEY}` },
        body,
      };
      const answer = await callOpenAi(request, TRANSCRIPTION_URL ?? OWN_ADDRESS, "/audio/transcriptions", context);
      return heardWords(readJson(answer, transcriptSchema, TITLE), TITLE);
    },
  };
};
