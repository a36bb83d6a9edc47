import { z } from "zod";
import { type SocialMetadataRequest, voiceDataSchema } from "../api/text-requests.ts";

/**
 * What the API Worker asks of the author Worker, and what it answers. The author Worker is stateless and has the
 * providers' secrets. It returns its failures as values, because RPC turns every error into a plain Error.
 * Times are in seconds.
 */

/** Why the author Worker could not do something. Each of them is also a task's error code. */
export const authorFailureCodes = [
  "model_unavailable",
  "voice_unavailable",
  "footage_unavailable",
  "footage_not_found",
  "picture_unavailable",
  "provider_limit",
  "provider_refused",
  "provider_failed",
] as const;
export type AuthorFailureCode = (typeof authorFailureCodes)[number];

export const authorFailureSchema = z.strictObject({
  code: z.enum(authorFailureCodes),
  /** One sentence. It names the provider and never holds a secret. */
  message: z.string().max(2000),
  /** Whether the same call may succeed later without any change. */
  retryable: z.boolean(),
  /** The provider's `Retry-After`; null if it gave none. */
  retryAfterSeconds: z.number().min(0).nullable(),
});
export type AuthorFailure = z.infer<typeof authorFailureSchema>;

/** What to tell about a call that succeeded, for example which provider failed before another one did it. */
const authorWarningsSchema = z.array(z.string().max(2000)).max(20);

/** The answer to a call: its result, or why there is none. */
export const authorReplySchema = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion("status", [
    z.strictObject({ status: z.literal("done"), value, warnings: authorWarningsSchema }),
    z.strictObject({ status: z.literal("failed"), failure: authorFailureSchema }),
  ]);
export type AuthorReply<T> =
  | { status: "done"; value: T; warnings: string[] }
  | { status: "failed"; failure: AuthorFailure };

/** What the author Worker can do with its settings. */
export const authorAbilitiesSchema = z.strictObject({
  /** The language model; null without one. */
  model: z.strictObject({ provider: z.string(), name: z.string() }).nullable(),
  /** Speech providers, in order of preference. */
  speech: z.array(z.string()),
  /** Stock footage providers that have a key. */
  footage: z.array(z.string()),
  /** Picture providers, in order of preference. */
  pictures: z.array(z.string()),
  /** Providers of transcriptions, in order of preference. Missing in author Workers of earlier versions. */
  transcription: z.array(z.string()).optional(),
  /** What to set to get each ability that is missing, as sentences for messages. */
  hints: z.strictObject({
    model: z.string(),
    speech: z.string(),
    footage: z.record(z.string(), z.string()),
    pictures: z.string(),
  }),
});
export type AuthorAbilities = z.infer<typeof authorAbilitiesSchema>;

export interface WriteScriptRequest {
  subject: string;
  /** BCP 47 tag; empty for the language of the subject. */
  language: string;
  paragraphs: number;
  /** Extra requirements for the script; may be empty. */
  prompt: string;
  /** Replaces the built-in system prompt; may be empty. */
  systemPrompt: string;
}

/** A text that a language model wrote, and the tokens that it took (input and output together; 0 if unknown). */
export const writtenScriptSchema = z.strictObject({
  script: z.string().min(1).max(20_000),
  model: z.string(),
  tokens: z.int().min(0),
});
export type WrittenScript = z.infer<typeof writtenScriptSchema>;

export interface WriteTermsRequest {
  subject: string;
  script: string;
  amount: number;
  /** Whether the terms are in the order of the script. */
  inScriptOrder: boolean;
}

export const writtenTermsSchema = z.strictObject({
  terms: z.array(z.string().min(1).max(100)).min(1).max(50),
  model: z.string(),
  tokens: z.int().min(0),
});
export type WrittenTerms = z.infer<typeof writtenTermsSchema>;

export interface WriteSocialMetadataRequest {
  subject: string;
  script: string;
  /** BCP 47 tag, or `auto` for the script's language. */
  language: string;
  platform: SocialMetadataRequest["platform"];
}

export const writtenSocialMetadataSchema = z.strictObject({
  title: z.string(),
  caption: z.string(),
  hashtags: z.array(z.string()),
  model: z.string(),
  tokens: z.int().min(0),
});
export type WrittenSocialMetadata = z.infer<typeof writtenSocialMetadataSchema>;

/** A voice. Its id is unique among all voices: `{provider}:{the provider's own id}`. */
export const voiceSchema = z.strictObject(voiceDataSchema.shape);
export type Voice = z.infer<typeof voiceSchema>;

export interface ChooseVoiceRequest {
  /** The request's `voice_name`, in any of the forms that MoneyPrinterTurbo takes; empty for the best voice there is. */
  name: string;
  /** BCP 47 tag; empty to judge by the text. */
  language: string;
  text: string;
  /** Speech providers not to use, because they failed before. */
  without: readonly string[];
}

/** The voice that speaks a task. */
export const chosenVoiceSchema = z.strictObject({
  voice: voiceSchema,
  /** Why another voice than the requested one speaks; null if it is the requested one. */
  substitution: z.string().nullable(),
});
export type ChosenVoice = z.infer<typeof chosenVoiceSchema>;

export interface SpeakRequest {
  text: string;
  /** The id of a voice. */
  voice: string;
  /** BCP 47 tag; empty for the voice's own language. */
  language: string;
  /** Speed as a factor of the voice's normal speed, 0.25 to 4. */
  rate: number;
}

export const spokenWordSchema = z.strictObject({ text: z.string(), start: z.number().min(0), end: z.number().min(0) });
export type SpokenWord = z.infer<typeof spokenWordSchema>;

/** Speech for a text. */
export const speechSchema = z.strictObject({
  audio: z.instanceof(Uint8Array),
  mediaType: z.string(),
  /** The time of each word in the audio; null if the provider gives none. */
  words: z.array(spokenWordSchema).nullable(),
  /** The speed of this audio as a factor of the voice's normal speed. Not every provider can do the requested one. */
  rate: z.number().positive(),
  provider: z.string(),
  voice: z.string(),
});
export type Speech = z.infer<typeof speechSchema>;

export interface TranscribeRequest {
  /** A WAV file of at most 16 MB. */
  audio: Uint8Array;
  /** BCP 47 tag; empty to let the provider find out. */
  language: string;
}

/** The words of a speech as a provider heard them, in the order of time. */
export const transcriptionSchema = z.strictObject({
  words: z.array(spokenWordSchema).max(20_000),
  provider: z.string(),
});
export type Transcription = z.infer<typeof transcriptionSchema>;

export const orientations = ["portrait", "landscape", "square"] as const;

export interface SearchFootageRequest {
  /** One of {@link AuthorAbilities.footage}. */
  provider: string;
  term: string;
  orientation: (typeof orientations)[number];
  /** From 1. */
  page: number;
  /** The smallest useful size of a clip's shorter side, in pixels. */
  shortSide: number;
}

/** A clip of a stock provider. */
export const stockClipSchema = z.strictObject({
  provider: z.string(),
  id: z.string(),
  /** The page of the clip at its provider, for credits. */
  page: z.string(),
  author: z.string(),
  /** The author's page; null if unknown. */
  authorPage: z.string().nullable(),
  licence: z.string(),
  /** Seconds. */
  duration: z.number().positive(),
  /** The files of the clip that can be fetched, from the smallest. */
  files: z
    .array(z.strictObject({ url: z.url(), width: z.int().positive(), height: z.int().positive() }))
    .min(1)
    .max(20),
  /** A small picture of the clip. Missing if the provider gives none, and in the results of earlier versions. */
  thumbnail: z.url().optional(),
});
export type StockClip = z.infer<typeof stockClipSchema>;
export const foundFootageSchema = z.strictObject({ clips: z.array(stockClipSchema).max(100) });
export type FoundFootage = z.infer<typeof foundFootageSchema>;

export interface MakePictureRequest {
  prompt: string;
  /** The wished size in pixels. Providers take the nearest that they offer. */
  width: number;
  height: number;
}

export const madePictureSchema = z.strictObject({
  image: z.instanceof(Uint8Array),
  mediaType: z.string(),
  provider: z.string(),
  model: z.string(),
});
export type MadePicture = z.infer<typeof madePictureSchema>;

/** The RPC methods of the author Worker's entrypoint `Author`. Callers parse each answer with the schemas above. */
export interface AuthorService {
  abilities(): Promise<AuthorAbilities>;
  writeScript(request: WriteScriptRequest): Promise<AuthorReply<WrittenScript>>;
  writeTerms(request: WriteTermsRequest): Promise<AuthorReply<WrittenTerms>>;
  writeSocialMetadata(request: WriteSocialMetadataRequest): Promise<AuthorReply<WrittenSocialMetadata>>;
  /** All voices of the configured providers. */
  voices(): Promise<AuthorReply<Voice[]>>;
  chooseVoice(request: ChooseVoiceRequest): Promise<AuthorReply<ChosenVoice>>;
  /** A sentence in a language (BCP 47), to try voices with. */
  sampleSentence(language: string): Promise<AuthorReply<string>>;
  speak(request: SpeakRequest): Promise<AuthorReply<Speech>>;
  transcribe(request: TranscribeRequest): Promise<AuthorReply<Transcription>>;
  searchFootage(request: SearchFootageRequest): Promise<AuthorReply<FoundFootage>>;
  makePicture(request: MakePictureRequest): Promise<AuthorReply<MadePicture>>;
}
