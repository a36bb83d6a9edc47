import type { SpokenWord } from "../../../src/protocol/author.ts";
import type { Context } from "../calls/provider-call.ts";
import type { KnownVoice } from "./known-voice.ts";

export interface SpeechRequest {
  text: string;
  /** The provider's own id of the voice. */
  voice: string;
  /** BCP 47 tag; empty for the voice's own language. */
  language: string;
  /** Factor of the voice's normal speed. */
  rate: number;
}

export interface SpokenText {
  audio: Uint8Array<ArrayBuffer>;
  mediaType: string;
  /** Null if the provider gives no times. */
  words: SpokenWord[] | null;
  /** The rate at which the audio speaks. It differs from the requested one if the provider cannot do that. */
  rate: number;
}

/** A provider of speech with its settings. One file per vendor. */
export interface SpeechProvider {
  /** Names the provider in voice ids and settings: `{name}:{voice}`. */
  name: string;
  /** For messages. */
  title: string;
  /** Lists its voices. @throws ProviderError */
  voices(): Promise<KnownVoice[]>;
  /**
   * A voice that is not in the provider's list, if the provider may have it all the same. Null if it cannot.
   *
   * @param id the provider's own id.
   * @param hasList whether the provider's list could be read.
   */
  unlisted(id: string, hasList: boolean): KnownVoice | null;
  /** @throws ProviderError */
  speak(request: SpeechRequest): Promise<SpokenText>;
}

/** Makes a provider, or returns null if its settings are missing. */
export type SpeechProviderFactory = (context: Context) => SpeechProvider | null;
