import { z } from "zod";
import { warningSchema } from "./authored.ts";
import { MAX_LANGUAGE_LENGTH, MAX_SUBJECT_LENGTH } from "./fields/texts.ts";

/** The bodies of the requests for texts, and their answers, with MoneyPrinterTurbo's names and limits. */

const subjectOf = (length: number) => z.string().trim().min(1, "must say what the text is about").max(length);
const subject = subjectOf(MAX_SUBJECT_LENGTH);
const language = z.string().max(MAX_LANGUAGE_LENGTH).default("");

export const scriptRequestSchema = z
  .strictObject({
    video_subject: subject.meta({ example: "Why cats purr" }),
    video_language: language.meta({ description: "BCP 47 tag. Default: the language of the subject.", example: "en" }),
    paragraph_number: z.int().min(1).max(10).default(1),
    video_script_prompt: z.string().max(2_000).default("").meta({ description: "More requirements for the script." }),
    custom_system_prompt: z.string().max(8_000).default("").meta({
      description: "Replaces the instructions that the language model gets.",
    }),
  })
  .meta({ id: "ScriptRequest" });
export type ScriptRequest = z.output<typeof scriptRequestSchema>;

export const termsRequestSchema = z
  .strictObject({
    video_subject: subject.meta({ example: "Why cats purr" }),
    video_script: z.string().max(20_000).default(""),
    amount: z.int().min(1).max(50).default(5),
    match_materials_to_script: z.boolean().default(false).meta({
      description: "Whether the terms are in the order of the script.",
    }),
  })
  .meta({ id: "TermsRequest" });
export type TermsRequest = z.output<typeof termsRequestSchema>;

/** The platforms that a title, a caption and hashtags can be written for. */
export const socialPlatforms = ["tiktok", "youtube_shorts", "instagram_reels", "facebook_reels"] as const;

export const socialMetadataRequestSchema = z
  .strictObject({
    video_subject: subjectOf(500).meta({ example: "Why cats purr" }),
    video_script: z.string().max(8_000).default(""),
    language: z
      .string()
      .max(MAX_LANGUAGE_LENGTH)
      .transform((given) => given.trim() || "auto")
      .default("auto")
      .meta({ description: "BCP 47 tag, or `auto` for the script's language." }),
    platform: z.enum(socialPlatforms).default("tiktok"),
  })
  .meta({ id: "SocialMetadataRequest" });
export type SocialMetadataRequest = z.output<typeof socialMetadataRequestSchema>;

/** The unknown fields that were ignored. */
const warnings = z.array(warningSchema).optional();
export const scriptAnswerSchema = z.object({ video_script: z.string(), warnings });
export const termsAnswerSchema = z.object({ video_terms: z.array(z.string()), warnings });
export const socialMetadataAnswerSchema = z.object({
  title: z.string(),
  caption: z.string(),
  hashtags: z.array(z.string()),
  warnings,
});

/** A voice that can speak a script. */
export const voiceDataSchema = z
  .object({
    id: z.string().meta({ description: "Use it as `voice_name`.", example: "embedded:slt" }),
    name: z.string(),
    language: z.string().meta({
      description: "BCP 47 tag; `mul` if the voice speaks many languages equally well.",
      example: "en-US",
    }),
    gender: z.enum(["female", "male", "neutral"]),
    provider: z.string(),
  })
  .meta({ id: "Voice" });
