import { reset } from "cloudflare:test";
import { beforeAll, expect, test } from "vitest";
import type { Collection } from "../../../../src/api/files.ts";
import { bindings, call, post } from "../../support/bindings.ts";
import { prepareDatabase } from "../../support/database.ts";
import { audioProbe, standInFile, type UploadedFile, videoProbe } from "../../support/uploads.ts";

const cue = "1\n00:00:00,500 --> 00:00:01,500\nHi\n";
/** A file of each collection, smaller and larger than the 64 KiB that the parser keeps of a text field. */
const files: { collection: Collection; extension: string; small: string | Uint8Array; large: string | Uint8Array }[] = [
  {
    ...{ collection: "video_materials", extension: "mp4" },
    ...{
      small: standInFile({ probe: videoProbe }),
      large: standInFile({ probe: videoProbe, note: "x".repeat(70_000) }),
    },
  },
  ...(["musics", "narrations"] as const).map((collection) => ({
    ...{ collection, extension: "mp3" },
    ...{
      small: standInFile({ probe: audioProbe }),
      large: standInFile({ probe: audioProbe, note: "x".repeat(70_000) }),
    },
  })),
  { collection: "subtitles", extension: "srt", small: cue, large: cue.repeat(3_000) },
];

beforeAll(async () => {
  await reset();
  await prepareDatabase();
  const font = await bindings.ASSETS.fetch("https://assets.invalid/vendor/fonts/NotoSansArabic-Regular.ttf");
  const bytes = await font.bytes();
  files.push({ collection: "fonts", extension: "ttf", small: bytes, large: bytes });
});

/** A form with one file, byte by byte as curl writes it. */
function form(name: string | Uint8Array, body: string | Uint8Array): RequestInit {
  const bytes = (part: string | Uint8Array) => (typeof part === "string" ? new TextEncoder().encode(part) : part);
  const parts = [
    '--xyz\r\nContent-Disposition: form-data; name="file"; filename="',
    name,
    '"\r\nContent-Type: application/octet-stream\r\n\r\n',
    body,
    "\r\n--xyz--\r\n",
  ].map(bytes);
  return {
    method: "POST",
    body: new Blob(parts as Uint8Array<ArrayBuffer>[]),
    headers: { "content-type": "multipart/form-data; boundary=xyz" },
  };
}

test.each(["测试 🎬", "Привет мир", "مرحبا", "cafe\u0301", "👩🏽‍🚀", "視".repeat(250), "5%22 (50%) & #1?"])(
  "a file named %s is stored under its name in each collection, found by it, and deleted by it",
  async (stem) => {
    const before = (await call<{ files: UploadedFile[] }>("/api/v1/fonts")).data.files;
    for (const { collection, extension, small, large } of files) {
      const sent = `${stem}.${extension}`;
      const name = sent.normalize("NFC").replaceAll("%22", '"');
      for (const body of [small, large]) {
        const stored = await call<UploadedFile>(`/api/v1/${collection}`, form(sent, body));
        expect(stored).toMatchObject({ status: 200, data: { name, file: name } });
      }
      const { data } = await call<{ files: UploadedFile[] }>(`/api/v1/${collection}`);
      expect(data.files.map((file) => file.name)).toContain(name);
    }
    const fields = (form: "NFC" | "NFD") => {
      const named = (extension: string) => `${stem.replaceAll("%22", '"')}.${extension}`.normalize(form);
      return {
        video_materials: [{ url: named("mp4") }],
        custom_audio_file: named("mp3"),
        bgm_file: named("mp3"),
        subtitle_file: named("srt"),
        font_name: named("ttf"),
        dry_run: true,
      };
    };
    for (const form of ["NFC", "NFD"] as const) {
      const planned = await post<{ videos: { shots: { file: string }[] }[] }>("/api/v1/videos", fields(form));
      expect(planned).toMatchObject({ status: 200 });
      expect(planned.data.videos[0]?.shots[0]?.file).toBe(`${stem.replaceAll("%22", '"')}.mp4`.normalize("NFC"));
    }
    for (const { collection, extension } of files) {
      const path = encodeURIComponent(`${stem.replaceAll("%22", '"')}.${extension}`.normalize("NFD"));
      expect(await call(`/api/v1/${collection}/${path}`, { method: "DELETE" })).toMatchObject({ status: 200 });
      const { data } = await call<{ files: UploadedFile[] }>(`/api/v1/${collection}`);
      expect(data.files.filter((file) => !before.some(({ name }) => name === file.name))).toEqual([]);
    }
  },
);

test.each<[string, string | Uint8Array, RegExp]>([
  ["a right-to-left override", "a\u202E4pm.mp4", /^file: the file name contains U\+202E \(RIGHT-TO-LEFT OVERRIDE\)/],
  ["a C1 control character", "a\u0085.mp4", /^file: the file name contains U\+0085 \(a control character\)/],
  ["a tab", "a\tb.mp4", /^file: the file name contains U\+0009/],
  ["an escaped line break", "a%0D%0Ab.mp4", /^file: the file name contains U\+000D/],
  ["a control character", "a\u0007b.mp4", /file name, has a control character/],
  ["bytes of Latin-1", Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x2e, 0x6d, 0x70, 0x34), /is not UTF-8/],
  ["a broken filename*", "a.mp4\"; filename*=utf-8''%E6%ZZ.mp4; x=\"", /filename\* that is not percent-encoded UTF-8/],
  ["a slash", "clips/a.mp4", /^file: .*is a path/],
  ["an escaped backslash", "a\\\\b.mp4", /^file: .*is a path/],
  ["only dots", "....mp4", /^file: the file name is empty/],
  ["too many characters", `${"é".repeat(252)}.mp4`, /^file: the file name is longer than 255 characters/],
])("a file name with %s is refused with the reason, whatever the size of the file", async (_, name, reason) => {
  for (const note of ["", "x".repeat(200_000)]) {
    const refused = await call("/api/v1/video_materials", form(name, standInFile({ probe: videoProbe, note })));
    expect([refused.status, refused.data]).toEqual([400, null]);
    expect(refused.message).toMatch(reason);
  }
  expect((await call("/api/v1/video_materials")).data).toEqual({ files: [] });
});
