import type { SpeakRequest, Speech } from "../../../src/protocol/author.ts";
import type { Attempted } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { unavailable } from "../calls/provider-error.ts";
import { SPEECH_HINT, speechProviders } from "./registry.ts";

/** Speaks a text with one voice. A task has one voice, so no other provider is asked if this one fails. */
export async function speak(request: SpeakRequest, context: Context): Promise<Attempted<Speech>> {
  const [, name = "", id = ""] = /^([^:]+):(.+)$/s.exec(request.voice) ?? [];
  const provider = speechProviders(context).find((candidate) => candidate.name === name);
  if (!provider) {
    throw unavailable("voice", `The provider of the voice ${request.voice} is not set up. ${SPEECH_HINT}`);
  }
  const { text, language, rate } = request;
  const spoken = await provider.speak({ text, voice: id, language, rate });
  return { value: { ...spoken, provider: provider.name, voice: request.voice }, warnings: [] };
}
