import { z } from "zod";
import { warningSchema } from "../api/authored.ts";
import { taskErrorCodes } from "../api/errors.ts";
import { footageSources } from "../api/fields/footage.ts";
import { taskParts } from "../api/video-request.ts";
import { chosenVoiceSchema, orientations, spokenWordSchema, stockClipSchema } from "./author.ts";

/**
 * What is authored for a task: its script, speech and footage. The author Worker makes the parts, jobs store them in
 * R2, and planning turns them into the inputs of a task. Times are in seconds.
 */

/** What has to be authored for a task. It is decided when the task is created. */
export const authoringSchema = z.strictObject({
  writeScript: z.boolean(),
  /** Whether a language model writes the search terms. */
  writeTerms: z.boolean(),
  /** `voice`: a voice speaks. `silence`: a silent narration of reading length. `none`: no narration is made. */
  narration: z.enum(["voice", "silence", "none"]),
  /** Where to look for footage, in order of preference; empty if the request names its materials. */
  sources: z.array(z.enum(footageSources)),
  stopAt: z.enum(taskParts).default("video"),
});
export type Authoring = z.infer<typeof authoringSchema>;

/** A sentence of the narration. */
export const sentenceSchema = z.strictObject({
  text: z.string(),
  /** Silence before the sentence, from `[pause: 2s]` in the script. */
  pauseBefore: z.number().min(0).default(0),
});
export type Sentence = z.infer<typeof sentenceSchema>;

/** What the write job decides: the texts, the voice, and with them the other authoring jobs. */
export const outlineSchema = z.strictObject({
  script: z.string(),
  /** Search terms; empty if no footage is searched. */
  terms: z.array(z.string()),
  /** Null without a spoken narration. */
  voice: chosenVoiceSchema.nullable(),
  warnings: z.array(warningSchema),
});
export type Outline = z.infer<typeof outlineSchema>;

/** Silence after the last sentence of the script, from a pause at its end. */
const pauseAfter = z.number().min(0).default(0);

export const writeWorkSchema = z.strictObject({ kind: z.literal("write") });

export const speakWorkSchema = z.strictObject({
  kind: z.literal("speak"),
  request: z.strictObject({ text: z.string(), voice: z.string(), language: z.string(), rate: z.number() }),
  /** R2 key of the sound, as WAV. */
  sound: z.string(),
  /** R2 key of its description: see {@link spokenSchema}. It is written last. */
  key: z.string(),
});
export type SpeakWork = z.infer<typeof speakWorkSchema>;

const searchRequestSchema = z.strictObject({
  provider: z.string(),
  term: z.string(),
  orientation: z.enum(orientations),
  page: z.int().min(1),
  shortSide: z.int().positive(),
});

export const searchWorkSchema = z.strictObject({
  kind: z.literal("search"),
  request: searchRequestSchema,
  /** R2 key of the result: see {@link searchedSchema}. */
  key: z.string(),
});
export type SearchWork = z.infer<typeof searchWorkSchema>;

export const pictureWorkSchema = z.strictObject({
  kind: z.literal("picture"),
  request: z.strictObject({ prompt: z.string(), width: z.int().positive(), height: z.int().positive() }),
  /** R2 key of the picture. */
  picture: z.string(),
  /** Whether the task goes on without the picture if no provider makes it, because it has other footage. */
  optional: z.boolean().optional(),
  /** R2 key of its description: see {@link picturedSchema}. It is written last. */
  key: z.string(),
});
export type PictureWork = z.infer<typeof pictureWorkSchema>;

export const narrateWorkSchema = z.strictObject({
  kind: z.literal("narrate"),
  sentences: z.array(
    sentenceSchema.extend({
      /** R2 keys of the description and the sound; null for a silent narration. */
      spoken: z.strictObject({ key: z.string(), sound: z.string() }).nullable(),
    }),
  ),
  pauseAfter,
  /** The requested speed of the speech, as a factor. */
  rate: z.number().positive(),
  /** R2 key of the narration as WAV. */
  sound: z.string(),
  /** R2 key of its description: see {@link narratedSchema}. It is written last. */
  key: z.string(),
});
export type NarrateWork = z.infer<typeof narrateWorkSchema>;

export const gatherWorkSchema = z.strictObject({
  kind: z.literal("gather"),
  /** R2 keys of the results of searches, by term in the order of the terms, and within a term by provider. */
  searches: z.array(z.strictObject({ term: z.string(), keys: z.array(z.string()) })),
  /** R2 keys of the descriptions of pictures, in the order of the script. */
  pictures: z.array(z.string()),
  /** R2 key of the narration's description; null without a narration. */
  narration: z.string().nullable(),
  /** R2 key of the result: see {@link gatheredSchema}. */
  key: z.string(),
});
export type GatherWork = z.infer<typeof gatherWorkSchema>;

/** A spoken sentence. */
export const spokenSchema = z.strictObject({
  provider: z.string(),
  voice: z.string(),
  /** The speed of the speech as a factor. Not every provider can do the requested one. */
  rate: z.number().positive(),
  /** Hertz. */
  sampleRate: z.int().positive(),
  /** Length of the sound in samples. */
  samples: z.int().nonnegative(),
  words: z.array(spokenWordSchema).nullable(),
});
export type Spoken = z.infer<typeof spokenSchema>;

/** Why a provider gave nothing for one of several questions. */
export const partFailureSchema = z.strictObject({
  code: z.enum(taskErrorCodes),
  message: z.string(),
  /** Whether another try may succeed. */
  retryable: z.boolean().default(false),
});
export type PartFailure = z.infer<typeof partFailureSchema>;

/** The clips that a search found, or why it found none: other searches may be enough. */
export const searchedSchema = z.strictObject({
  clips: z.array(stockClipSchema),
  failure: partFailureSchema.extend({ request: searchRequestSchema.optional() }).nullable(),
});
export type Searched = z.infer<typeof searchedSchema>;

/** A made picture. */
export const picturedSchema = z.strictObject({
  provider: z.string(),
  model: z.string(),
  prompt: z.string(),
  /** R2 key of the picture. */
  key: z.string(),
  size: z.int().positive(),
  sha256: z.string(),
  mediaType: z.string(),
});
export type Pictured = z.infer<typeof picturedSchema>;

/** A picture, or why there is none. */
export const maybePicturedSchema = z.union([picturedSchema, z.strictObject({ failure: partFailureSchema })]);

/** A sentence with its place in the narration. */
export const timedSentenceSchema = z.strictObject({
  text: z.string(),
  start: z.number().min(0),
  end: z.number().min(0),
  /** The times of its words in the narration; null if the provider gave none. */
  words: z.array(spokenWordSchema).nullable(),
});
export type TimedSentence = z.infer<typeof timedSentenceSchema>;

/** A whole narration. */
export const narratedSchema = z.strictObject({
  /** R2 key of the sound. */
  sound: z.string(),
  /** Bytes. */
  size: z.int().positive(),
  sha256: z.string(),
  /** Seconds. */
  duration: z.number().positive(),
  sentences: z.array(timedSentenceSchema),
  warnings: z.array(warningSchema),
});
export type Narrated = z.infer<typeof narratedSchema>;
