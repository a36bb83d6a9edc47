import { z } from "zod";

/** The fields of a request for videos that say where its pictures come from. */

/** Where footage can be found: stock providers, or a model that makes pictures. */
export const footageSources = ["pexels", "pixabay", "coverr", "image"] as const;
export type FootageSource = (typeof footageSources)[number];
/** Where footage can come from. `local` stands for uploaded and linked files. */
export const videoSources = ["local", ...footageSources] as const;
export type VideoSource = (typeof videoSources)[number];

const SOURCE_NAMES = videoSources.map((source) => JSON.stringify(source)).join(", ");
/** MoneyPrinterTurbo's sources that generate clips for money. */
const PAID_GENERATORS = new Set([
  "wavespeed",
  "loomloom",
  "volcengine_seedance",
  "seedance",
  "ofox",
  "metaso_minimax",
  "siliconflow",
  "minimax",
]);

/** Says what is wrong with a source, and which ones there are. */
function describeSource({ input }: { input?: unknown }): string {
  const names = Array.isArray(input) ? input : [input];
  const paid = names.find((name) => typeof name === "string" && PAID_GENERATORS.has(name.toLowerCase()));
  return paid === undefined
    ? `must be ${SOURCE_NAMES}, or a list of these`
    : `${JSON.stringify(paid)} generates clips for money, and this service does not have it: use ${SOURCE_NAMES}, or a list of these`;
}

/** One source or a list; null or no value for the default. */
const videoSource = z
  .union([z.enum(videoSources), z.literal(""), z.array(z.enum(videoSources)).max(videoSources.length)], {
    error: describeSource,
  })
  .nullish()
  .transform((given): VideoSource[] =>
    typeof given === "string" ? [given].filter((name) => name !== "") : [...new Set(given ?? [])],
  );

/** Max search terms of a request. */
const MAX_TERMS = 50;
/** Max characters of a search term. Some requests have a whole prompt as one. */
const MAX_TERM_LENGTH = 500;

/** Search terms as a list, or as text that separates them by commas. */
const videoTerms = z
  .union([z.string().max(20_000), z.array(z.string().max(MAX_TERM_LENGTH)).max(MAX_TERMS)], {
    error: "must be a list of search terms, or text with commas between them",
  })
  .nullish()
  .transform((given) => {
    const terms = typeof given === "string" ? given.split(/[,，、\n]/) : (given ?? []);
    return terms.map((term) => term.trim()).filter((term) => term !== "");
  })
  .pipe(z.array(z.string().max(MAX_TERM_LENGTH)).max(MAX_TERMS));

const creditText = z
  .string()
  .max(500)
  .nullish()
  .transform((text) => text || null);
const creditPage = z
  .union([z.literal(""), z.url({ protocol: /^https?$/, error: "must be an https or http URL" }).max(2048)], {
    error: "must be an https or http URL",
  })
  .nullish()
  .transform((url) => url || null);
/** Where a material comes from, as a request says it. What is missing is null. */
const materialCreditSchema = z.strictObject({
  provider: z.string().max(100),
  page: creditPage,
  author: creditText,
  author_page: creditPage,
  licence: creditText,
  term: z.string().max(500).default(""),
});

/** A clip or image that a request names. */
export const materialSchema = z.strictObject({
  provider: z.string().max(100).default("local").meta({
    description:
      'Where the file comes from, as MoneyPrinterTurbo names it. No effect, except that a file of another provider than "local" is ignored if `video_source` names only providers to search.',
  }),
  url: z
    .string()
    .max(2048)
    .meta({
      description:
        "The name of an uploaded clip or image, from `file` in the response to `POST /api/v1/video_materials`; or an https " +
        "URL, which the service fetches. A material with an empty `url` is left out.",
      example: "beach.mp4",
    }),
  duration: z.number().min(0).max(86_400).default(0).meta({
    description: "Max seconds to show this material at once; 0 uses `video_clip_duration`.",
  }),
  credit: materialCreditSchema.nullish().meta({
    description:
      "Whom to credit for this file, as `GET /api/v1/footage` has it. The task's `materials` list it. Not in MoneyPrinterTurbo.",
  }),
  source_info: z
    .unknown()
    .optional()
    .meta({ description: "What MoneyPrinterTurbo knows of the file's origin. No effect." }),
});

export const footageFields = {
  video_source: videoSource.meta({
    description:
      'Where footage comes from if the request names no files: "pexels", "pixabay", "coverr", "image" (pictures made by a model), or several of these. "local" uses `video_materials` only. Default: "local" with `video_materials`, otherwise the providers that the service has keys for.',
  }),
  video_materials: z
    .array(materialSchema, { error: "must be a list of {provider, url, duration}" })
    .max(100)
    .nullish()
    .transform((materials) =>
      (materials ?? []).flatMap(({ url, provider, duration, credit }) =>
        url.trim() === "" ? [] : { url, provider, duration, ...(credit ? { credit } : {}) },
      ),
    )
    .meta({ description: "Uploaded or linked clips and images. Without any, footage is searched." }),
  video_terms: videoTerms.meta({
    description:
      "Search terms for footage, as a list or with commas between them. If empty, a language model writes them.",
  }),
  match_materials_to_script: z.boolean().default(false).meta({
    description: "Whether footage follows the script: one search term per sentence, in their order.",
  }),
};
