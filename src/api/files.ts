import { z } from "zod";

/** The collections of uploaded files. Each is a path of the API, a value in D1 and a prefix in R2. */
export const collections = ["video_materials", "musics", "narrations", "fonts", "subtitles"] as const;
export type Collection = (typeof collections)[number];

/** An uploaded file as the API shows it. */
export const fileSchema = z
  .object({
    name: z.string().meta({ example: "beach.mp4" }),
    size: z.number().int().meta({ description: "Bytes." }),
    file: z.string().meta({ description: "The name to use in a request for videos.", example: "beach.mp4" }),
    encoding: z.string().optional().meta({
      description:
        "Only of subtitle files: the encoding of their text. `utf-8` and `utf-16` are certain, others are guessed from the letters. If the guess is wrong, save the file as UTF-8 and upload it again.",
      example: "utf-8",
    }),
  })
  .meta({ id: "File" });
export type File = z.infer<typeof fileSchema>;
