import { hasBearer } from "./bearer.ts";
import { clipFile, clipIds } from "./footage.ts";
import type { FakeVendor } from "./vendor.ts";

/** Coverr. */
export const coverr: FakeVendor = {
  name: "coverr",
  key: "fakecoverr0a4b8c6d2e1f49537b",
  isAuthorized: (request) => request.path.startsWith("/files/") || hasBearer(request, coverr.key),
  refusal: (status, message) => ({ statusCode: status, error: "Error", message }),
  isPaid: ({ path }) => !path.startsWith("/files/"),
  answer(request, odd) {
    const { method, path, query, base } = request;
    if (method !== "GET" || path !== "/videos") return clipFile(request);
    const page = Number(query.get("page") ?? 0);
    const vertical = query.get("filter") === "is_vertical:true";
    const ids = odd === "empty" ? [] : clipIds(query.get("query") ?? "", page + 1);
    const hits = ids.map((id, index) => ({
      id: `clip${id}`,
      title: `Clip ${id}`,
      // Both forms occur.
      duration: index % 2 === 0 ? 11.625 : "10.500000",
      ...(odd === "no_size" ? {} : { max_width: vertical ? 1080 : 1920, max_height: vertical ? 1920 : 1080 }),
      ...{ is_vertical: vertical, canonical_url: `https://coverr.co/videos/clip-${id}` },
      thumbnail: `${base}/files/${id}/thumbnail.png`,
      urls: { mp4: `${base}/files/${id}/preview.mp4`, mp4_preview: "", mp4_download: `${base}/files/${id}/full.mp4` },
    }));
    return {
      status: 200,
      body: { page, pages: 1, page_size: Number(query.get("page_size")), total: ids.length, hits },
    };
  },
};
