import { clipFile, clipIds } from "./footage.ts";
import type { FakeVendor } from "./vendor.ts";

/** Pexels. */
export const pexels: FakeVendor = {
  name: "pexels",
  key: "FakePexels563492ad6f91700001aab4c2",
  isAuthorized: (request) => request.path.startsWith("/files/") || request.headers.authorization === pexels.key,
  refusal: (status, message) => ({ status, code: message }),
  isPaid: ({ path }) => !path.startsWith("/files/"),
  answer(request, odd) {
    const { method, path, query, base } = request;
    if (method !== "GET" || path !== "/videos/search") return clipFile(request);
    const page = Number(query.get("page") ?? 1);
    const portrait = query.get("orientation") === "portrait";
    const ids = odd === "empty" ? [] : clipIds(query.get("query") ?? "", page);
    const link = (id: number, short: number) => ({
      id: id * 10 + (short % 7),
      ...{ quality: short > 1000 ? "hd" : "sd", file_type: "video/mp4", fps: 25 },
      width: portrait ? short : Math.round((short * 16) / 9),
      height: portrait ? Math.round((short * 16) / 9) : short,
      link: `${base}/files/${id}/${short}.mp4`,
    });
    const videos = ids.map((id, index) => ({
      id,
      ...{
        width: portrait ? 1080 : 1920,
        height: portrait ? 1920 : 1080,
        full_res: null,
        tags: [],
        video_pictures: [],
      },
      url: `https://www.pexels.com/video/a-clip-${id}/`,
      image: `${base}/files/${id}/thumbnail.png`,
      // One clip has no length.
      duration: odd === "nulls" && index === 0 ? null : 5 + (id % 20),
      user: { id, name: `Author ${id % 9}`, url: `https://www.pexels.com/@author-${id % 9}` },
      video_files: [
        link(id, 1080),
        {
          ...{ id, quality: "hls", file_type: "video/mp4", width: null, height: null, fps: null },
          link: `${base}/files/${id}.m3u8`,
        },
        link(id, 360),
        ...(odd === "nulls" ? [{ ...link(id, 720), width: null, height: null }, null] : [link(id, 720)]),
      ],
    }));
    return {
      status: 200,
      body: { page, per_page: Number(query.get("per_page")), videos, total_results: ids.length, url: "" },
    };
  },
};
