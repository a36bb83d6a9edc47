import { clipFile, clipIds } from "./footage.ts";
import type { FakeVendor } from "./vendor.ts";

/** Pixabay. Its key is a query parameter, and it refuses in plain text. */
export const pixabay: FakeVendor = {
  name: "pixabay",
  key: "48211905-fake7c1e5d20b9a64f3e8a21",
  isAuthorized: ({ path, query }) => path.startsWith("/files/") || query.get("key") === pixabay.key,
  refusal: (status, message) => `[ERROR ${status}] ${message}`,
  isPaid: ({ path }) => !path.startsWith("/files/"),
  answer(request, odd) {
    const { method, path, query, base } = request;
    if (method !== "GET" || path !== "/api/videos/") return clipFile(request);
    const q = query.get("q") ?? "";
    if (q.length > 100) return { status: 400, body: '[ERROR 400] "q" is out of valid range.' };
    const ids = odd === "empty" ? [] : clipIds(q, Number(query.get("page") ?? 1));
    const file = (id: number, width: number, height: number) => ({
      ...{ width, height, size: 1_000_000, thumbnail: `${base}/files/${id}/thumbnail.png` },
      url: `${base}/files/${id}/${width}x${height}.mp4`,
    });
    const hits = ids.map((id) => ({
      id,
      ...{ pageURL: `https://pixabay.com/videos/id-${id}/`, type: "film", tags: q, duration: 6 + (id % 15) },
      videos: {
        // Clips that are not that large have an empty address.
        large: { url: "", width: 0, height: 0, size: 0, thumbnail: "" },
        medium: file(id, 1920, 1080),
        small: file(id, 1280, 720),
        tiny: file(id, 960, 540),
      },
      ...{ views: 1, downloads: 1, likes: 1, comments: 0, user_id: 77, user: `author${id % 9}`, userImageURL: "" },
    }));
    return { status: 200, body: { total: ids.length, totalHits: ids.length, hits } };
  },
};
