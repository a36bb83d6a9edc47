import type { SpokenWord } from "../../../src/protocol/author.ts";
import type { Context } from "../calls/provider-call.ts";

export interface TranscriptionRequest {
  /** A WAV file. */
  audio: Uint8Array<ArrayBuffer>;
  /** ISO 639-1 code; empty to let the provider find out. */
  language: string;
}

/** A provider of transcriptions with its settings. One file per vendor. */
export interface TranscriptionProvider {
  name: string;
  /** The words as they were heard, with their times in the audio. Empty if nobody speaks. @throws ProviderError */
  transcribe(request: TranscriptionRequest): Promise<SpokenWord[]>;
}

/** Makes a provider, or returns null if its settings are missing. */
export type TranscriptionProviderFactory = (context: Context) => TranscriptionProvider | null;
