import { createExecutionContext, reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { createApp } from "../../../../src/http/app.ts";
import { bindings, call } from "../../support/bindings.ts";
import { prepareDatabase } from "../../support/database.ts";
import { audioProbe, standInFile, type UploadedFile, upload, videoProbe } from "../../support/uploads.ts";

const { MEDIA } = bindings;
const body = standInFile();
const PATH = "/api/v1/video_materials";

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

const objects = async () => (await MEDIA.list()).objects.map(({ key }) => key);

async function nothingStored(): Promise<void> {
  expect(await objects()).toEqual([]);
  expect((await call(PATH)).data).toEqual({ files: [] });
}

/** A request with the given text as its form, which may be invalid. */
function form(text: string, chunk = text.length): RequestInit {
  const bytes = new TextEncoder().encode(text.replaceAll("\n", "\r\n"));
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.byteLength; at += chunk) controller.enqueue(bytes.subarray(at, at + chunk));
      controller.close();
    },
  });
  return { method: "POST", body: stream, headers: { "content-type": "multipart/form-data; boundary=xyz" } };
}
const filePart = (name = "beach.mp4", field = "file") =>
  `--xyz\nContent-Disposition: form-data; name="${field}"; filename="${name}"\nContent-Type: video/mp4\n\n${body}\n`;
const textPart = `--xyz\nContent-Disposition: form-data; name="note"\n\nhello\n`;
const end = "--xyz--\n";

test("a file uploaded in the form field `file` is stored and listed", async () => {
  const stored = await upload("video_materials", "beach.mp4");
  const file = { name: "beach.mp4", size: body.length, file: "beach.mp4" };
  expect(stored).toMatchObject({ status: 200, message: "success", data: file });
  expect((await call(PATH)).data).toEqual({ files: [file] });
  const [key = ""] = await objects();
  expect(await (await MEDIA.get(key))?.text()).toBe(body);
  expect((await MEDIA.head(key))?.httpMetadata?.contentType).toBe("video/mp4");
});

test.each([
  ["the file as its first part", filePart() + textPart + end],
  ["the file as its last part", textPart + filePart() + end],
  ["a second file in another field", filePart("other.mp4", "thumbnail") + filePart() + end],
  ["two files in the field", filePart() + filePart("second.mp4") + end],
  ["a preamble", `ignored\n${filePart()}${end}`],
])("a form with %s is accepted and stores one file", async (_, text) => {
  const stored = await call<UploadedFile>(PATH, form(text));
  expect(stored).toMatchObject({ status: 200, data: { name: "beach.mp4", size: body.length } });
  expect(await objects()).toHaveLength(1);
});

test.each([1, 7, 64])("a form sent in chunks of %d bytes is stored completely", async (chunk) => {
  const stored = await call<UploadedFile>(PATH, form(textPart + filePart() + end, chunk));
  expect(stored).toMatchObject({ status: 200, data: { size: body.length } });
  const [key = ""] = await objects();
  expect(await (await MEDIA.get(key))?.text()).toBe(body);
});

test.each([
  ["no file in the field", textPart + end, /^file: the form has no file/],
  ["the file in another field", filePart("a.mp4", "video") + end, /^file: the form has no file/],
  ["no parts", end, /^file|form/],
  ["an end inside the file", filePart().slice(0, -20), /ends inside the file|form cannot be read/],
  ["an end inside a header", "--xyz\nContent-Dispo", /form/],
  ["a boundary other than the declared one", (filePart() + end).replaceAll("xyz", "abc"), /form/],
  ["no file name", filePart("") + end, /^file: /],
])("a form with %s is refused and nothing is stored", async (_, text, reason) => {
  const refused = await call(PATH, form(text));
  expect(refused).toMatchObject({ status: 400, data: null });
  expect(refused.message).toMatch(reason);
  await nothingStored();
});

test.each([
  ["application/json", /multipart\/form-data/],
  ["multipart/form-data", /form cannot be read/],
  ["multipart/form-data; boundary=", /form cannot be read/],
])("an upload with the Content-Type header `%s` is refused", async (type, reason) => {
  const refused = await call(PATH, { method: "POST", body, headers: { "content-type": type } });
  expect(refused.status).toBe(400);
  expect(refused.message).toMatch(reason);
  await nothingStored();
});

test("a form without a body is refused", async () => {
  const headers = { "content-type": "multipart/form-data; boundary=xyz" };
  expect(await call(PATH, { method: "POST", headers })).toMatchObject({ status: 400, data: null });
});

const put = (name: string, content: BodyInit | null) =>
  call<UploadedFile>(`${PATH}/${name}`, { method: "PUT", body: content });

test("a raw body is stored under the name in the URL", async () => {
  expect(await put("my%20beach.mp4", body)).toMatchObject({
    status: 200,
    data: { name: "my beach.mp4", size: body.length, file: "my beach.mp4" },
  });
  expect((await call<{ files: UploadedFile[] }>(PATH)).data.files).toHaveLength(1);
});

test.each([
  ["..%2Fbeach.mp4", body, 400, /is a path/],
  ["a%5Cb.mp4", body, 400, /is a path/],
  ["beach", body, 400, /no extension/],
  ["beach.exe", body, 415, /\.exe is not accepted/],
  ["beach.mp4", null, 400, /body is empty/],
  ["beach.mp4", "", 415, /is empty/],
])("a raw upload to the name %s (case %#) is refused with a reason", async (name, content, status, reason) => {
  const refused = await put(name, content);
  expect([refused.status, refused.data]).toEqual([status, null]);
  expect(refused.message).toMatch(reason);
  await nothingStored();
});

test("a file that the renderer cannot read whole is refused if its headers do not describe it", async () => {
  const limit = Object.assign(bindings, { WASM_INPUT_BYTES: "1000" });
  try {
    const refused = await put("beach.mp4", `${body}${" ".repeat(1000)}`);
    expect(refused).toMatchObject({ status: 415, data: null });
    expect(refused.message).toMatch(/the renderer reads at most 1000 bytes of a file of this format/);
    await nothingStored();
  } finally {
    Reflect.deleteProperty(limit, "WASM_INPUT_BYTES");
  }
});

test("a raw body above the max size is refused and nothing is stored", async () => {
  const limit = Object.assign(bindings, { UPLOAD_MAX_BYTES: "1000" });
  try {
    const refused = await put("beach.mp4", `${body}${" ".repeat(1000)}`);
    expect(refused).toMatchObject({ status: 413, message: "file: the file is larger than 1000 bytes", data: null });
    await nothingStored();
    expect((await put("beach.mp4", body)).status).toBe(200);
  } finally {
    Reflect.deleteProperty(limit, "UPLOAD_MAX_BYTES");
  }
});

test("an upload replaces the listed file of the same name, and the old bytes stay stored", async () => {
  await upload("video_materials", "beach.mp4", standInFile({ probe: videoProbe, note: "old" }));
  const second = standInFile({ probe: videoProbe, note: "the newer" });
  await upload("video_materials", "beach.mp4", second);
  expect((await call(PATH)).data).toEqual({
    files: [{ name: "beach.mp4", size: second.length, file: "beach.mp4" }],
  });
  expect(await objects()).toHaveLength(2);
});

const remove = (path: string) => call(`/api/v1/${path}`, { method: "DELETE" });

test("a deleted file and the files it replaced leave the list and storage, and other files stay", async () => {
  await upload("video_materials", "beach.mp4");
  await upload("video_materials", "beach.mp4", standInFile({ probe: videoProbe, note: "newer" }));
  await upload("video_materials", "sea.mp4");
  await upload("musics", "beach.mp3", standInFile({ probe: audioProbe }));
  expect(await objects()).toHaveLength(4);
  expect(await remove("video_materials/beach.mp4")).toMatchObject({ status: 200, message: "success", data: null });
  const left = await objects();
  expect(left.map((key) => key.split("/").at(-1))).toEqual(["beach.mp3", "sea.mp4"]);
  expect((await call<{ files: UploadedFile[] }>(PATH)).data.files.map(({ name }) => name)).toEqual(["sea.mp4"]);
  expect((await upload("video_materials", "beach.mp4")).status).toBe(200);
});

test.each([
  ["video_materials/beach.mp4", 404, /no file named "beach.mp4" was uploaded to \/api\/v1\/video_materials/],
  ["fonts/NotoSans-Regular.ttf", 404, /no file named/],
  ["subtitles/..%2F..%2Fbeach.srt", 400, /is a path/],
  ["musics/%00.mp3", 400, /contains U\+0000/],
])("a request to delete %s, which was never uploaded, is refused", async (path, status, reason) => {
  const refused = await remove(path);
  expect([refused.status, refused.data]).toEqual([status, null]);
  expect(refused.message).toMatch(reason);
});

test("video materials and music are listed separately and sorted by name", async () => {
  for (const name of ["b.mp4", "a.mp4"]) await upload("video_materials", name);
  await upload("musics", "a.mp3", standInFile({ probe: audioProbe }));
  const names = async (path: string) =>
    (await call<{ files: UploadedFile[] }>(path)).data.files.map(({ name }) => name);
  expect(await names(PATH)).toEqual(["a.mp4", "b.mp4"]);
  expect(await names("/api/v1/musics")).toEqual(["a.mp3"]);
});

test.each([
  ["video_materials", "a.exe", body, /\.exe is not accepted here, only mp4/],
  ["video_materials", "a.mp3", body, /upload it to \/api\/v1\/musics/],
  ["musics", "a.mp4", body, /upload it to \/api\/v1\/video_materials/],
  ["video_materials", "a.mp4", "no media", /ffmpeg cannot read this file/],
  [
    "video_materials",
    "a.mp4",
    standInFile({ probe: audioProbe }),
    /this is a sound \(mp3\); upload it to \/api\/v1\/musics/,
  ],
  ["video_materials", "a.mp4", standInFile({ probe: { ...videoProbe, duration: 0 } }), /no duration/],
  ["musics", "a.mp3", standInFile(), /this is a video .*; upload it to \/api\/v1\/video_materials/],
  ["video_materials", "a.mp4", "\0\0\0\x18ftypheic", /this is an HEIC picture, .*; convert it to JPEG/],
  ["musics", "a.mp3", "GIF89a", /this is a GIF picture; upload it to \/api\/v1\/video_materials/],
  ["video_materials", "a.mp4", "", /is empty/],
] as const)(
  "%s refuses the upload %s (case %#) with a reason and stores nothing",
  async (collection, name, content, reason) => {
    const refused = await upload(collection, name, content);
    expect([refused.status, refused.data]).toEqual([415, null]);
    expect(refused.message).toMatch(/^file: /);
    expect(refused.message).toMatch(reason);
    await nothingStored();
  },
);

test.each(["../beach.mp4", "/etc/passwd.mp4", "a\\b.mp4"])(
  "a form upload with the file name %j is refused",
  async (name) => {
    const refused = await upload("video_materials", name);
    expect(refused.status).toBe(400);
    expect(refused.message).toMatch(/^file: .*is a path/);
    await nothingStored();
  },
);

test("an upload answers 503 if the configured renderer does not answer, and no other renderer is used", async () => {
  const settings = { RENDERER: "http", RENDERER_URL: "http://127.0.0.1:9", RENDERER_TOKEN: "a token for tests only" };
  const upload = new Request(`http://edgereel.test${PATH}`, form(filePart() + end));
  const refused = await createApp().fetch(upload, { ...bindings, ...settings }, createExecutionContext());
  expect([refused.status, await refused.json()]).toEqual([
    503,
    expect.objectContaining({ status: 503, message: expect.stringContaining("renderer_unavailable") }),
  ]);
  await nothingStored();
});
