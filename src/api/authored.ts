import { z } from "zod";

/** What a task tells about its authored parts. */

/** Something that a task did in another way than requested. */
export const warningSchema = z
  .strictObject({
    code: z.string(),
    message: z.string(),
    video_index: z.int().min(1).optional().meta({
      description: "The number of the video that it is about, from 1. Without it, it is about all videos of the task.",
    }),
  })
  .meta({ id: "Warning" });
export type Warning = z.infer<typeof warningSchema>;

/** Where a material comes from, for credits. */
export const creditSchema = z
  .strictObject({
    provider: z.string(),
    /** The material's page at its provider; null if it has none. */
    page: z.string().nullable(),
    author: z.string().nullable(),
    author_page: z.string().nullable(),
    licence: z.string().nullable(),
    /** The search term or prompt that led to it. */
    term: z.string(),
  })
  .meta({ id: "Credit" });
export type Credit = z.infer<typeof creditSchema>;

/** What the service can write, speak and find with its settings. */
export const abilitiesSchema = z
  .object({
    model: z
      .object({ provider: z.string(), name: z.string() })
      .nullable()
      .meta({ description: "The language model that writes; null without one." }),
    speech: z.array(z.string()).meta({ description: "Providers of voices, in order of preference." }),
    footage: z.array(z.string()).meta({ description: "Providers of footage, for `video_source`." }),
    pictures: z.array(z.string()).meta({ description: 'Providers of pictures, for the `video_source` "image".' }),
    transcription: z
      .array(z.string())
      .meta({ description: "Providers that tell when the words of an uploaded narration are spoken, for captions." }),
    hints: z
      .object({
        model: z.string(),
        speech: z.string(),
        footage: z.record(z.string(), z.string()),
        pictures: z.string(),
      })
      .meta({ description: "Sentences that say which settings give each ability that is missing." }),
  })
  .meta({ id: "Abilities" });
