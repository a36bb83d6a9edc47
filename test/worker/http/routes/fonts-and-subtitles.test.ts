import { beforeAll, expect, test } from "vitest";
import { bindings, call } from "../../support/bindings.ts";
import { audioProbe, standInFile, upload, videoProbe } from "../../support/uploads.ts";

const { ASSETS } = bindings;
interface Shelf {
  files: { name: string; size: number; file: string }[];
}

let font: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  const response = await ASSETS.fetch("https://assets.invalid/vendor/fonts/NotoSansArabic-Regular.ttf");
  font = new Uint8Array(await response.arrayBuffer());
  expect(
    (await upload("video_materials", "clip.mp4", standInFile({ probe: { ...videoProbe, audio: { codec: "aac" } } })))
      .message,
  ).toBe("success");
  expect((await upload("musics", "song.mp3", standInFile({ probe: audioProbe }))).message).toBe("success");
});

test("the font list contains the bundled fonts and the uploaded ones", async () => {
  expect((await call<Shelf>("/api/v1/fonts")).data.files.map(({ name }) => name)).toContain("NotoSansSC-Regular.ttf");
  expect((await upload("fonts", "Mine.ttf", font)).data.file).toBe("Mine.ttf");
  const { files } = (await call<Shelf>("/api/v1/fonts")).data;
  expect(files).toContainEqual({ name: "Mine.ttf", size: font.byteLength, file: "Mine.ttf" });
});

test.each([
  ["a text file with the extension ttf", "fake.ttf", "no font", /file: .*font/],
  ["a file with the extension mp3", "song.mp3", "x", /\.mp3 is not accepted here, only ttf, otf, ttc.*musics/],
])("%s is refused as a font and not stored", async (_, name, content, reason) => {
  const answer = await upload("fonts", name, content);
  expect(answer.status).toBe(415);
  expect(answer.message).toMatch(reason);
  expect((await call<Shelf>("/api/v1/fonts")).data.files.map((file) => file.name)).not.toContain(name);
});

test("a valid subtitle file is accepted, and an invalid one is refused with the line number", async () => {
  expect((await upload("subtitles", "good.srt", "1\n00:00:00,500 --> 00:00:01,500\nHi\n")).data.file).toBe("good.srt");
  const bad = await upload("subtitles", "bad.vtt", "WEBVTT\n\n00:01.000 --> 00:xx\nHi\n");
  expect(bad.status).toBe(415);
  expect(bad.message).toMatch(/file: line 3: /);
  expect((await call<Shelf>("/api/v1/subtitles")).data.files.map(({ name }) => name)).toEqual(["good.srt"]);
});

test.each([
  [
    "windows-1251",
    [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x2c, 0x20, 0xea, 0xe0, 0xea, 0x20, 0xe4, 0xe5, 0xeb, 0xe0, 0x3f],
  ],
  ["gb18030", [0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, 0xbd, 0xf1, 0xcc, 0xec, 0xba, 0xc3, 0xc2, 0xf0]],
  ["utf-8", [0x48, 0x69]],
] as const)(
  "the upload of a subtitle file in %s answers its encoding, and the list shows it",
  async (encoding, text) => {
    const time = new TextEncoder().encode("1\n00:00:00,500 --> 00:00:01,500\n");
    const uploaded = await upload("subtitles", `${encoding}.srt`, Uint8Array.from([...time, ...text]));
    expect(uploaded.data).toMatchObject({ encoding });
    expect((await call<Shelf>("/api/v1/subtitles")).data.files).toContainEqual(uploaded.data);
  },
);

test("the runtime decodes every encoding that is recognised", () => {
  for (const label of [
    "windows-1250",
    "windows-1253",
    "windows-1255",
    "windows-1256",
    "koi8-r",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "iso-2022-jp",
    "utf-16be",
  ]) {
    expect(() => new TextDecoder(label, { fatal: true, ignoreBOM: true })).not.toThrow();
  }
  expect(() =>
    new TextDecoder("gb18030", { fatal: true, ignoreBOM: true }).decode(Uint8Array.of(0xff, 0xff)),
  ).toThrow();
  const words = new Intl.Segmenter("th", { granularity: "word" }).segment("ภาษาไทยง่าย");
  expect(Array.from(words, ({ segment }) => segment)).toEqual(["ภาษา", "ไทย", "ง่าย"]);
});
