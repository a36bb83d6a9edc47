import { z } from "zod";
import { authorFailureSchema } from "../../../src/protocol/author.ts";
import { embeddedSpeechSchema, embeddedVoices, speakEmbeddedSchema } from "../../../src/protocol/embedded-voice.ts";
import { log, messageOf } from "../../../src/util/log.ts";
import { TimeoutError, withTimeout } from "../../../src/util/timeout.ts";
import { timeLimit } from "../calls/provider-call.ts";
import { ProviderError, unreadable } from "../calls/provider-error.ts";
import { checkAudio } from "./audio.ts";
import type { SpeechProviderFactory } from "./provider.ts";
import { checkWords } from "./word-times.ts";

const TITLE = "The embedded voice";

const replySchema = z.discriminatedUnion("status", [
  z.object({ status: z.literal("done"), value: embeddedSpeechSchema }),
  z.object({ status: z.literal("failed"), failure: authorFailureSchema }),
]);

/** flite in the Worker `voice/`: English, without a network and without a setting. */
export const embedded: SpeechProviderFactory = ({ bindings: { VOICE }, settings }) => {
  if (!VOICE) return null;
  return {
    name: "embedded",
    title: TITLE,

    async voices() {
      if (!(await embeddedVoiceRuns(VOICE))) throw notRunning();
      return embeddedVoices.map((voice) => ({
        ...voice,
        id: `embedded:${voice.id}`,
        provider: "embedded",
        alsoSpeaks: [],
      }));
    },

    unlisted: () => null,

    async speak({ text, voice, rate }) {
      const request = speakEmbeddedSchema.safeParse({ text, voice, rate });
      if (!request.success) throw unreadable(TITLE, `that it has no voice ${JSON.stringify(voice)}`);
      const seconds = timeLimit("voice", settings);
      let answer: unknown;
      try {
        answer = await withTimeout(VOICE.speak(request.data), seconds * 1000);
      } catch (error) {
        log("provider_call_failed", { provider: TITLE, kind: "voice", reason: messageOf(error) });
        if (!(error instanceof TimeoutError)) throw notRunning();
        throw new ProviderError("voice_unavailable", `${TITLE} did not answer within ${seconds} s`, {
          retryable: true,
        });
      }
      const reply = replySchema.safeParse(answer);
      if (!reply.success) throw unreadable(TITLE, "with an unexpected value");
      if (reply.data.status === "failed") {
        const { code, message, ...options } = reply.data.failure;
        throw new ProviderError(code, message, options);
      }
      const { audio, words } = reply.data.value;
      return { ...checkAudio(new Uint8Array(audio), TITLE), words: checkWords(words), rate };
    },
  };
};

function notRunning(): ProviderError {
  return new ProviderError("voice_unavailable", `${TITLE} does not run`, { retryable: true });
}

/** Whether the Worker with the embedded voice runs. A busy one answers late. */
export async function embeddedVoiceRuns(voice: { ping(): Promise<true> }): Promise<boolean> {
  try {
    await withTimeout(voice.ping(), 1_000);
    return true;
  } catch (error) {
    return error instanceof TimeoutError;
  }
}
