import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { withoutSuffix } from "../calls/provider-url.ts";
import { readJson } from "../calls/read-answer.ts";
import { checkClips, looseEntry, looseNumber, looseText, pageOf } from "./clips.ts";
import type { FootageVendor } from "./provider.ts";

const TITLE = "Coverr";
const OWN_ADDRESS = "https://api.coverr.co";
const PAGE_SIZE = "50";

const person = z.object({ name: looseText, url: looseText }).nullish().catch(null);
const hit = z.object({
  id: z.union([z.number(), z.string()]),
  duration: looseNumber,
  max_width: looseNumber,
  max_height: looseNumber,
  is_vertical: z.boolean().nullish().catch(null),
  canonical_url: looseText,
  url: looseText,
  thumbnail: looseText,
  poster: looseText,
  creator: person,
  author: person,
  urls: z.object({ mp4_download: looseText }).nullish().catch(null),
});
const answerSchema = z.object({ hits: z.array(looseEntry(hit)).max(500) });

/** https://api.coverr.co/docs/videos/ — a GET of `mp4_download` counts as the download there. */
export const coverr: FootageVendor = {
  name: "coverr",
  hint: "Set COVERR_API_KEY to search for footage at Coverr.",
  create(context) {
    const { COVERR_URL, COVERR_API_KEY } = context.settings;
    if (COVERR_API_KEY === undefined) return null;
    const base = withoutSuffix(COVERR_URL ?? OWN_ADDRESS, "/videos");
    return {
      name: "coverr",
      title: TITLE,
      async search({ term, orientation, page }) {
        const query = new URLSearchParams({
          query: term,
          // The API counts from 0.
          page: String(page - 1),
          page_size: PAGE_SIZE,
          urls: "true",
          ...(orientation === "square" ? {} : { filter: `is_vertical:${orientation === "portrait"}` }),
        });
        const answer = await callProvider(
          {
            provider: TITLE,
            kind: "footage",
            settings: { key: "COVERR_API_KEY", others: "COVERR_URL" },
            url: `${base}/videos?${query}`,
            headers: { authorization: `Bearer ${COVERR_API_KEY}` },
          },
          context,
        );
        const { hits } = readJson(answer, answerSchema, TITLE);
        const found = hits.flatMap((entry) => {
          if (!entry) return [];
          const maker = entry.creator ?? entry.author;
          return {
            provider: "coverr",
            id: String(entry.id),
            page:
              pageOf(entry.canonical_url ?? entry.url) || `https://coverr.co/videos/${encodeURIComponent(entry.id)}`,
            author: maker?.name ?? "",
            authorPage: pageOf(maker?.url) || null,
            licence: "Coverr License (https://coverr.co/license)",
            duration: entry.duration,
            thumbnail: entry.thumbnail || entry.poster,
            files: [{ url: entry.urls?.mp4_download, ...sizeOf(entry) }],
          };
        });
        return checkClips(found, context);
      },
    };
  },
};

/** The size of a clip. Some answers only have its orientation: Coverr's clips are at least Full HD. */
function sizeOf({ max_width, max_height, is_vertical }: z.infer<typeof hit>): { width?: number; height?: number } {
  if (max_width && max_height) return { width: max_width, height: max_height };
  if (is_vertical === null || is_vertical === undefined) return {};
  return is_vertical ? { width: 1080, height: 1920 } : { width: 1920, height: 1080 };
}
