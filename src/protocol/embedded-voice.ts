import { z } from "zod";
import { type AuthorReply, spokenWordSchema } from "./author.ts";

/** What the author Worker asks of the embedded voice (`voice/`), and what it answers. Times are in seconds. */

/** The voices of the embedded voice. All of them speak only English. */
export const embeddedVoices = [
  { id: "slt", name: "SLT", language: "en-US", gender: "female" },
  { id: "rms", name: "RMS", language: "en-US", gender: "male" },
  { id: "awb", name: "AWB", language: "en-GB", gender: "male" },
  { id: "kal", name: "Kal", language: "en-US", gender: "male" },
] as const;
export type EmbeddedVoiceId = (typeof embeddedVoices)[number]["id"];

/** The longest text of one call, in characters (UTF-16 code units). */
export const MAX_EMBEDDED_TEXT = 2000;
/** The longest speech of one call, in seconds. A long text at a slow rate exceeds it, and so do long rows of digits. */
export const MAX_EMBEDDED_SECONDS = 300;
/** The silence before the first word and after the last word of every speech, in seconds. */
export const EMBEDDED_SILENCE = 0.05;

export const speakEmbeddedSchema = z.strictObject({
  text: z.string(),
  voice: z.enum(["slt", "rms", "awb", "kal"]),
  /** Speed as a factor of the voice's normal speed. */
  rate: z.number().min(0.25).max(4),
});
export type SpeakEmbeddedRequest = z.infer<typeof speakEmbeddedSchema>;

export const embeddedSpeechSchema = z.strictObject({
  /** A WAV file: mono, 16-bit PCM. It begins and ends with {@link EMBEDDED_SILENCE}. */
  audio: z.instanceof(Uint8Array),
  sampleRate: z.int().positive(),
  /**
   * The words of the text that were spoken: its parts between white space, with their punctuation. A number, an
   * abbreviation or a URL is one word, also if several words are said for it. Parts that cannot be spoken, such as
   * emoji and other scripts, are missing.
   */
  words: z.array(spokenWordSchema),
});
export type EmbeddedSpeech = z.infer<typeof embeddedSpeechSchema>;

/** The RPC methods of the entrypoint `EmbeddedVoice`. Callers parse each answer with the schemas above. */
export interface EmbeddedVoiceService {
  /**
   * Speaks a text. The same request always has the same answer. Fails with `provider_refused` if the text is too long
   * or has nothing that can be spoken, and with `voice_unavailable` if there is no such voice.
   */
  speak(request: SpeakEmbeddedRequest): Promise<AuthorReply<EmbeddedSpeech>>;
  /** A liveness check. It answers after the speech that is being made. */
  ping(): Promise<true>;
}
