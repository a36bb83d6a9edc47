import { unreadable } from "../calls/provider-error.ts";
import { runWorkersAi, WORKERS_AI } from "../calls/workers-ai-call.ts";
import { heardWords, transcriptSchema } from "./heard-words.ts";
import type { TranscriptionProviderFactory } from "./provider.ts";

const MODEL = "@cf/openai/whisper-large-v3-turbo";

/** Whisper through the binding. */
export const workersAi: TranscriptionProviderFactory = (context) => {
  if (!context.bindings.AI) return null;
  return {
    name: "workers-ai",
    async transcribe({ audio, language }) {
      const input = { audio: audio.toBase64(), ...(language !== "" && { language }) };
      const answer = transcriptSchema.safeParse(await runWorkersAi("voice", MODEL, input, context));
      if (!answer.success) throw unreadable(WORKERS_AI, "with a transcript of an unexpected form");
      return heardWords(answer.data, WORKERS_AI);
    },
  };
};
