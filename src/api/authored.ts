import { z } from "zod";

/** What a task tells about its authored parts. */

/** Something that a task did in another way than requested. */
export const warningSchema = z.strictObject({ code: z.string(), message: z.string() }).meta({ id: "Warning" });
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
