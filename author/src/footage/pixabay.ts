import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { withoutSuffix } from "../calls/provider-url.ts";
import { readJson } from "../calls/read-answer.ts";
import { checkClips, looseEntry, looseNumber, looseText, pageOf } from "./clips.ts";
import type { FootageVendor } from "./provider.ts";

const TITLE = "Pixabay";
const OWN_ADDRESS = "https://pixabay.com";
/** The API takes 3 to 200. */
const PER_PAGE = "100";
/** The API's max length of a query, in characters. */
const MAX_QUERY = 100;

const file = z.object({ url: looseText, width: looseNumber, height: looseNumber, thumbnail: looseText });
const hit = z.object({
  id: z.union([z.number(), z.string()]),
  pageURL: looseText,
  duration: looseNumber,
  user: looseText,
  user_id: z.union([z.number(), z.string()]).nullish().catch(null),
  videos: z.record(z.string(), looseEntry(file)),
});
const answerSchema = z.object({ hits: z.array(looseEntry(hit)).max(500) });

/** https://pixabay.com/api/docs/#api_search_videos */
export const pixabay: FootageVendor = {
  name: "pixabay",
  hint: "Set PIXABAY_API_KEY to search for footage at Pixabay.",
  create(context) {
    const { PIXABAY_URL, PIXABAY_API_KEY } = context.settings;
    if (PIXABAY_API_KEY === undefined) return null;
    const base = withoutSuffix(PIXABAY_URL ?? OWN_ADDRESS, "/api/videos", "/api");
    return {
      name: "pixabay",
      title: TITLE,
      async search({ term, orientation, page, shortSide }) {
        // The API cannot be asked for an orientation, but a min width and height exclude the other one's small clips.
        const sides =
          orientation === "landscape" ? [Math.round((shortSide * 4) / 3), shortSide] : [shortSide, shortSide];
        const query = new URLSearchParams({
          key: PIXABAY_API_KEY,
          q: [...term].slice(0, MAX_QUERY).join(""),
          lang: "en",
          video_type: "all",
          min_width: String(sides[0]),
          min_height: String(sides[1]),
          safesearch: "true",
          page: String(page),
          per_page: PER_PAGE,
        });
        const answer = await callProvider(
          {
            provider: TITLE,
            kind: "footage",
            settings: { key: "PIXABAY_API_KEY", others: "PIXABAY_API_KEY and PIXABAY_URL" },
            url: `${base}/api/videos/?${query}`,
          },
          context,
        );
        const { hits } = readJson(answer, answerSchema, TITLE);
        const found = hits.flatMap((entry) => {
          if (!entry) return [];
          const { id, pageURL, duration, user, user_id, videos } = entry;
          const author = user ?? "";
          const authorPage = user_id ? `https://pixabay.com/users/${encodeURIComponent(author)}-${user_id}/` : null;
          return {
            provider: "pixabay",
            id: String(id),
            page: pageOf(pageURL),
            author,
            authorPage,
            licence: "Pixabay Content License (https://pixabay.com/service/license-summary/)",
            duration,
            thumbnail: (videos.tiny ?? videos.small ?? videos.medium)?.thumbnail,
            files: Object.values(videos).flatMap((item) => item ?? []),
          };
        });
        return checkClips(found, context);
      },
    };
  },
};
