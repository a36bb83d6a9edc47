import fc from "fast-check";
import { expect, test } from "vitest";
import { fetchedName } from "../../../src/library/fetched-file-name.ts";
import { normalizeFileName } from "../../../src/library/file-names.ts";
import type { FileProbe } from "../../../src/protocol/file-probe.ts";

const video: FileProbe = { kind: "video", format: "mp4", duration: 1, video: null, audio: null };
const image: FileProbe = { ...video, kind: "image" };

test.each([
  ["https://a.example/clips/beach.mov", null, video, "beach.mov"],
  ["https://a.example/get?id=1", 'attachment; filename="my beach.mp4"', video, "my beach.mp4"],
  ["https://a.example/get", "attachment; filename=x.mp4; filename*=UTF-8''%C3%A9t%C3%A9.mp4", video, "été.mp4"],
  ["https://a.example/a/%E6%B5%B7.webm", null, video, "海.webm"],
  ["https://a.example/beach.php", null, video, "beach.mp4"],
  ["https://a.example/beach.mp4", null, image, "beach.jpg"],
  ["https://a.example/", null, video, "file.mp4"],
  ["https://a.example/%2e%2e%2fetc%2fpasswd", 'attachment; filename="../../x.mp4"', video, "%2e%2e%2fetc%2fpasswd.mp4"],
  ["https://a.example/%E0%A4%A", null, image, "%E0%A4%A.jpg"],
])("a file fetched from %s with the Content-Disposition %s gets a readable name", (url, disposition, probe, name) => {
  expect(fetchedName("video_materials", new URL(url), disposition, probe)).toBe(name);
});

test("a fetched file is refused if its collection does not accept its content", () => {
  const url = new URL("https://a.example/song.mp3");
  expect(() => fetchedName("musics", url, null, video)).toThrow(
    "this is a video (mp4); upload it to /api/v1/video_materials",
  );
  expect(() => fetchedName("video_materials", url, null, { ...video, duration: 0 })).toThrow("no duration");
});

test("the name of a fetched file is always valid for an upload", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withQueryParameters: true }),
      fc.option(fc.string({ unit: "binary", maxLength: 80 })),
      (address, sent) => {
        const disposition = sent === null ? null : `attachment; filename="${sent}"; filename*=UTF-8''${sent}`;
        const name = fetchedName("video_materials", new URL(address), disposition, video);
        expect(normalizeFileName(name)).toBe(name);
        expect(name).toMatch(/\.(mp4|mov|m4v|mkv|webm|avi|flv|3gp|ts|mts|m2ts|mpg|wmv|ogv|gif)$/i);
      },
    ),
  );
});
