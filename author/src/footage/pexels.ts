import { z } from "zod";
import { callProvider } from "../calls/provider-call.ts";
import { withoutSuffix } from "../calls/provider-url.ts";
import { readJson } from "../calls/read-answer.ts";
import { checkClips, looseEntry, looseNumber, looseText, pageOf } from "./clips.ts";
import type { FootageVendor } from "./provider.ts";

const TITLE = "Pexels";
const OWN_ADDRESS = "https://api.pexels.com";
/** The maximum of the API. */
const PER_PAGE = "80";

const file = z.object({
  quality: looseText,
  file_type: looseText,
  width: looseNumber,
  height: looseNumber,
  link: looseText,
});
const video = z.object({
  id: z.union([z.number(), z.string()]),
  url: looseText,
  image: looseText,
  duration: looseNumber,
  user: z.object({ name: looseText, url: looseText }).nullish().catch(null),
  video_files: z.array(looseEntry(file)).max(200),
});
const answerSchema = z.object({ videos: z.array(looseEntry(video)).max(500) });

/** https://www.pexels.com/api/documentation/#videos-search */
export const pexels: FootageVendor = {
  name: "pexels",
  hint: "Set PEXELS_API_KEY to search for footage at Pexels.",
  create(context) {
    const { PEXELS_URL, PEXELS_API_KEY } = context.settings;
    if (PEXELS_API_KEY === undefined) return null;
    const base = withoutSuffix(PEXELS_URL ?? OWN_ADDRESS, "/videos/search", "/videos");
    return {
      name: "pexels",
      title: TITLE,
      async search({ term, orientation, page }) {
        const query = new URLSearchParams({ query: term, orientation, page: String(page), per_page: PER_PAGE });
        const answer = await callProvider(
          {
            provider: TITLE,
            kind: "footage",
            settings: { key: "PEXELS_API_KEY", others: "PEXELS_URL" },
            url: `${base}/videos/search?${query}`,
            headers: { authorization: PEXELS_API_KEY },
          },
          context,
        );
        const { videos } = readJson(answer, answerSchema, TITLE);
        const found = videos.flatMap((entry) => {
          if (!entry) return [];
          const { id, url, image, duration, user, video_files } = entry;
          return {
            provider: "pexels",
            id: String(id),
            page: pageOf(url),
            author: user?.name ?? "",
            authorPage: pageOf(user?.url) || null,
            licence: "Pexels License (https://www.pexels.com/license/)",
            duration,
            thumbnail: image,
            files: video_files.flatMap((item) => {
              if (!item || item.quality === "hls" || !(item.file_type ?? "video/mp4").startsWith("video/")) return [];
              return { url: item.link, width: item.width, height: item.height };
            }),
          };
        });
        return checkClips(found, context);
      },
    };
  },
};
