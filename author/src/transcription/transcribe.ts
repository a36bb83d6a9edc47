import type { TranscribeRequest, Transcription } from "../../../src/protocol/author.ts";
import { type Attempted, firstThatWorks } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { unavailable } from "../calls/provider-error.ts";
import { transcriptionProviders } from "./registry.ts";

/** Transcribes speech with the first provider that can. */
export function transcribe(
  { audio, language }: TranscribeRequest,
  context: Context,
): Promise<Attempted<Transcription>> {
  const request = { audio: new Uint8Array(audio), language: isoLanguage(language) };
  return firstThatWorks(
    transcriptionProviders(context),
    async (provider) => ({ words: await provider.transcribe(request), provider: provider.name }),
    () =>
      unavailable("voice", "There is no provider of transcriptions. Set TRANSCRIPTION_URL or TRANSCRIPTION_API_KEY."),
  );
}

/** The ISO 639-1 code of a language; empty if it has none. */
function isoLanguage(tag: string): string {
  const [language = ""] = tag.toLowerCase().split("-");
  return /^[a-z]{2}$/.test(language) ? language : "";
}
