import { z } from "zod";
import { creditSchema } from "./authored.ts";
import { footageSources } from "./fields/footage.ts";

/** A clip of a stock provider, in the response to `GET /api/v1/footage`. */
export const stockFootageSchema = z
  .strictObject({
    id: z.string(),
    url: z.url().meta({
      description:
        "The file to use, as `url` of one of `video_materials`: the smallest one that fills a Full HD frame.",
    }),
    width: z.int().positive(),
    height: z.int().positive(),
    duration: z.number().positive().meta({ description: "Seconds." }),
    thumbnail: z
      .string()
      .nullable()
      .meta({ description: "Path of a small picture of the clip at this service; null if its provider gives none." }),
    credit: creditSchema.meta({ description: "Send it as `credit` with the material, and the task keeps it." }),
  })
  .meta({ id: "StockFootage" });
export type StockFootage = z.infer<typeof stockFootageSchema>;

/** The providers that can be searched. */
export const stockProviders = footageSources.filter((source) => source !== "image");
