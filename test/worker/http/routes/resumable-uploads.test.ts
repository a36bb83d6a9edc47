import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { Collection } from "../../../../src/api/files.ts";
import { PART_SIZE } from "../../../../src/storage/put-stream.ts";
import { sha256Hex } from "../../../../src/util/sha256.ts";
import { bindings, call, pattern, request } from "../../support/bindings.ts";
import { prepareDatabase } from "../../support/database.ts";
import { sameBytes, storedBytes } from "../../support/multipart.ts";
import { audioProbe, standInFile, type UploadedFile, videoProbe } from "../../support/uploads.ts";

const { MEDIA } = bindings;
const PATH = "/api/v1/uploads";
const TUS = { "tus-resumable": "1.0.0" };
const encode = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => encode(text).toBase64();
const clip = encode(standInFile());

/** A clip of a size. Spaces after JSON are JSON, so the stand-in renderer can read it. */
function padded(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size).fill(32);
  bytes.set(clip);
  // Tabs, so that bytes in the wrong place are noticed.
  for (let at = clip.byteLength; at < size; at += 1 + (at % 97)) bytes[at] = 9;
  return bytes;
}

beforeEach(async () => {
  await reset();
  await prepareDatabase();
});

/** Begins an upload and returns its path. */
async function begin(size: number, name = "beach.mp4", more: HeadersInit = {}): Promise<string> {
  const headers = { ...TUS, "upload-length": String(size), "upload-metadata": `filename ${base64(name)}`, ...more };
  const answer = await request(PATH, { method: "POST", headers });
  expect([answer.status, await answer.text()]).toEqual([201, ""]);
  return answer.headers.get("location") ?? "";
}

const send = (path: string, offset: number, body: BodyInit | null, more: HeadersInit = {}) => {
  const headers = {
    ...TUS,
    "content-type": "application/offset+octet-stream",
    "upload-offset": String(offset),
    ...more,
  };
  return request(path, { method: "PATCH", headers, body });
};
const offsetOf = async (path: string) => {
  const answer = await request(path, { method: "HEAD", headers: TUS });
  return answer.status === 200 ? Number(answer.headers.get("upload-offset")) : answer.status;
};
/** The status of a response, and its offset or its message. */
const outcome = async (answer: Response) => {
  const text = await answer.text();
  return [answer.status, text === "" ? Number(answer.headers.get("upload-offset")) : JSON.parse(text).message];
};
const objects = async () => (await MEDIA.list()).objects.map(({ key }) => key);
const files = async (collection: Collection = "video_materials") =>
  (await call<{ files: UploadedFile[] }>(`/api/v1/${collection}`)).data.files;
const objectOf = (path: string) => bindings.UPLOADS.getByName(path.split("/").at(-1) ?? "");

test.each([
  ["that stays in memory", false],
  ["that restarts in between", true],
])("an upload in pieces of any size to an object %s has its bytes and their hash right", async (_, restarts) => {
  const content = padded(2 * PART_SIZE + 12_345);
  const path = await begin(content.byteLength);
  const cuts = [0, 1, 300_000, PART_SIZE - 1, PART_SIZE + 5, 2 * PART_SIZE, content.byteLength - 1, content.byteLength];
  for (const [index, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[index + 1] ?? 0;
    if (restarts && index === 3) await evictDurableObject(objectOf(path));
    expect(await offsetOf(path)).toBe(from);
    expect(await outcome(await send(path, from, content.subarray(from, to)))).toEqual([204, to]);
    expect(await files()).toHaveLength(to === content.byteLength ? 1 : 0);
  }
  const [key = "", ...others] = await objects();
  expect(others).toEqual([]);
  expect(sameBytes(await storedBytes(key), content)).toBe(true);
  const [row] = (await bindings.DB.prepare("select sha256 from media").all()).results;
  expect(row).toEqual({ sha256: await sha256Hex(content) });
  expect((await MEDIA.head(key))?.httpMetadata?.contentType).toBe("video/mp4");
  const file = { name: "beach.mp4", size: content.byteLength, file: "beach.mp4" };
  expect(await files()).toEqual([file]);
  const shown = await call(path);
  expect(shown.data).toMatchObject({ collection: "video_materials", offset: content.byteLength, file });
});

test("a creation request may have the first bytes, and one that has all of them stores the file", async () => {
  const headers = { "content-type": "application/offset+octet-stream" };
  const all = {
    ...TUS,
    ...headers,
    "upload-length": String(clip.byteLength),
    "upload-metadata": `name ${base64("a.mp4")}`,
  };
  const answer = await request(PATH, { method: "POST", headers: all, body: clip });
  expect([answer.status, answer.headers.get("upload-offset")]).toEqual([201, String(clip.byteLength)]);
  const some = await request(PATH, { method: "POST", headers: all, body: clip.subarray(0, 10) });
  expect([some.status, some.headers.get("upload-offset")]).toEqual([201, "10"]);
  expect((await files()).map(({ name }) => name)).toEqual(["a.mp4"]);
});

test("the metadata name the collection, and the file is inspected as one of it", async () => {
  const sound = encode(standInFile({ probe: audioProbe }));
  const metadata = (name: string) => ({
    "upload-metadata": `filename ${base64(name)},collection ${base64("musics")},type`,
  });
  const path = await begin(sound.byteLength, "", metadata("Lied 🎵.mp3"));
  expect(await outcome(await send(path, 0, sound))).toEqual([204, sound.byteLength]);
  expect((await files("musics")).map(({ name }) => name)).toEqual(["Lied 🎵.mp3"]);
  const wrong = await begin(clip.byteLength, "", metadata("b.mp3"));
  const [status, message] = await outcome(await send(wrong, 0, clip));
  expect(status).toBe(415);
  expect(message).toMatch(/^file: this is a video .*; upload it to \/api\/v1\/video_materials/);
  expect(await offsetOf(wrong)).toBe(404);
  expect(await objects()).toHaveLength(1);
});

test("a file that is refused by its first bytes is refused before the rest is sent, and leaves nothing", async () => {
  const heic = new Uint8Array(PART_SIZE + 10);
  heic.set(encode("\0\0\0\x18ftypheic"));
  const path = await begin(10 * PART_SIZE);
  const [status, message] = await outcome(await send(path, 0, heic));
  expect(status).toBe(415);
  expect(message).toMatch(/^file: this is an HEIC picture, .*; convert it to JPEG/);
  expect([await offsetOf(path), await objects()]).toEqual([404, []]);
});

test("after a passing error of the inspection, the last byte is sent again and the file is added", async () => {
  const path = await begin(clip.byteLength);
  const settings = { RENDERER: "http", RENDERER_URL: "http://127.0.0.1:9", RENDERER_TOKEN: "a token for tests only" };
  await runInDurableObject(objectOf(path), (object) => Object.assign(object, { env: { ...bindings, ...settings } }));
  const [status, message] = await outcome(await send(path, 0, clip));
  expect([status, message]).toEqual([503, expect.stringContaining("renderer_unavailable")]);
  expect(await offsetOf(path)).toBe(clip.byteLength - 1);
  // The sweep of uploads leaves the object, because the upload is known.
  expect(await objects()).toHaveLength(1);
  await runInDurableObject(objectOf(path), (object) => Object.assign(object, { env: bindings }));
  const last = clip.subarray(-1);
  expect(await outcome(await send(path, clip.byteLength - 1, last))).toEqual([204, clip.byteLength]);
  expect(await offsetOf(path)).toBe(clip.byteLength);
  expect(await files()).toHaveLength(1);
});

test("a request that continues an upload ends an earlier one, whose bytes are kept", async () => {
  const content = padded(PART_SIZE + 1000);
  const path = await begin(content.byteLength);
  const stuck = new TransformStream<Uint8Array, Uint8Array>();
  const writer = stuck.writable.getWriter();
  const earlier = send(path, 0, stuck.readable);
  await writer.write(content.subarray(0, PART_SIZE + 7));
  // GET shows how far the upload is, and does not end the request.
  let shown = 0;
  while (shown < PART_SIZE) shown = (await call<{ offset: number }>(path)).data.offset;
  const offset = await offsetOf(path);
  expect(offset).toBeGreaterThanOrEqual(PART_SIZE);
  expect(await outcome(await earlier)).toEqual([409, "another request continued the upload"]);
  expect(await outcome(await send(path, offset, content.subarray(offset)))).toEqual([204, content.byteLength]);
  const [key = ""] = await objects();
  expect(sameBytes(await storedBytes(key), content)).toBe(true);
});

test("a body with a wrong checksum is not kept, and one with the right checksum is", async () => {
  const path = await begin(clip.byteLength);
  const sum = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.digest("SHA-1", new Uint8Array(bytes))).toBase64();
  const half = clip.subarray(0, 20);
  const wrong = await send(path, 0, half, { "upload-checksum": `sha1 ${await sum(clip)}` });
  expect(await outcome(wrong)).toEqual([460, expect.stringContaining("Upload-Checksum")]);
  expect(await offsetOf(path)).toBe(0);
  const right = await send(path, 0, half, { "upload-checksum": `sha1 ${await sum(half)}` });
  expect(await outcome(right)).toEqual([204, 20]);
});

test.each([
  ["another offset", 3, {}, 409, /Upload-Offset: is 3, but the upload continues at 0/],
  ["no offset", 0, { "upload-offset": "" }, 400, /Upload-Offset: "" is not a number/],
  ["another content type", 0, { "content-type": "video/mp4" }, 415, /Content-Type: must be application\/offset/],
  ["another version", 0, { "tus-resumable": "0.2.2" }, 412, /Tus-Resumable: "0.2.2" is not supported/],
  ["an unknown checksum", 0, { "upload-checksum": "crc32 abc" }, 400, /Upload-Checksum: must be one of sha1/],
  ["more bytes than are left", 0, {}, 413, /the body goes beyond the Upload-Length: 5 bytes are left/],
])("a PATCH with %s is refused, and the upload can go on", async (_, offset, headers, status, reason) => {
  const path = await begin(5);
  const answer = await send(path, offset, clip, headers);
  expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
  const [answered, message] = await outcome(answer);
  expect(answered).toBe(status);
  expect(message).toMatch(reason);
  expect(await offsetOf(path)).toBe(0);
});

test.each([
  ["no length", { "upload-length": "x" }, 400, /Upload-Length: "x" is not a number/],
  ["a deferred length", { "upload-defer-length": "1" }, 400, /Upload-Defer-Length: is not supported/],
  ["no name", { "upload-metadata": "type" }, 400, /has no filename/],
  ["metadata that are not Base64", { "upload-metadata": "filename ?" }, 400, /"filename \?" is not a new key/],
  [
    "an unknown collection",
    { "upload-metadata": `name ${base64("a.mp4")},collection ${base64("x")}` },
    400,
    /use one of video_materials/,
  ],
  ["a path as its name", { "upload-metadata": `filename ${base64("../a.mp4")}` }, 400, /^file: .* is a path/],
  ["a file above the max size", { "upload-length": "99999999999999" }, 413, /^file: the file is larger than \d+ bytes/],
  ["an empty file", { "upload-length": "0" }, 415, /^file: .*empty/],
])("a request to begin an upload with %s is refused", async (_, more, status, reason) => {
  const headers = { ...TUS, "upload-length": "5", "upload-metadata": `filename ${base64("a.mp4")}`, ...more };
  const [answered, message] = await outcome(await request(PATH, { method: "POST", headers }));
  expect(answered).toBe(status);
  expect(message).toMatch(reason);
});

test("OPTIONS says what the protocol supports", async () => {
  const { status, headers } = await request(PATH, { method: "OPTIONS" });
  expect(status).toBe(204);
  expect(headers.get("tus-version")).toBe("1.0.0");
  expect(headers.get("tus-extension")).toBe("creation,creation-with-upload,expiration,checksum,termination");
  expect(headers.get("tus-max-size")).toBe(String(2048 * 1024 * 1024));
});

test("a deleted upload leaves nothing, also if DELETE is sent as POST", async () => {
  for (const method of ["DELETE", "POST"]) {
    const path = await begin(3 * PART_SIZE);
    await (await send(path, 0, pattern(PART_SIZE + 9))).text();
    const headers = method === "POST" ? { ...TUS, "x-http-method-override": "DELETE" } : TUS;
    expect((await request(path, { method, headers })).status).toBe(204);
    expect([await offsetOf(path), await objects()]).toEqual([404, []]);
  }
});

test("an upload that waits for more than a day is deleted with its bytes, and one that goes on is not", async () => {
  const path = await begin(2 * PART_SIZE);
  await (await send(path, 0, pattern(PART_SIZE + 9))).text();
  const day = 24 * 3600_000;
  const age = (milliseconds: number) =>
    runInDurableObject(objectOf(path), async (_, { storage }) => {
      const record = (await storage.get<{ expiresAt: number }>("upload")) ?? { expiresAt: 0 };
      expect(record.expiresAt).toBeGreaterThan(Date.now() + day - 60_000);
      await storage.put("upload", { ...record, expiresAt: record.expiresAt - milliseconds });
    });
  expect(await runDurableObjectAlarm(objectOf(path))).toBe(true);
  expect(await offsetOf(path)).toBe(PART_SIZE + 9);
  await age(day + 1);
  expect(await runDurableObjectAlarm(objectOf(path))).toBe(true);
  expect([await offsetOf(path), await objects()]).toEqual([404, []]);
  expect((await bindings.DB.prepare("select * from unfinished_uploads").all()).results).toEqual([]);
});

test("a finished upload that is forgotten leaves its file", async () => {
  const path = await begin(clip.byteLength);
  await (await send(path, 0, clip)).text();
  expect((await request(path, { method: "DELETE", headers: TUS })).status).toBe(204);
  expect([await offsetOf(path), (await files()).length, (await objects()).length]).toEqual([404, 1, 1]);
});

test("an upload whose inspection fails for good is refused with the reason and leaves nothing", async () => {
  const broken = encode(standInFile({ probe: { ...videoProbe, duration: 0 } }));
  const path = await begin(broken.byteLength);
  const [status, message] = await outcome(await send(path, 0, broken));
  expect([status, message]).toEqual([415, expect.stringMatching(/^file: .*no duration/)]);
  expect([await offsetOf(path), await objects()]).toEqual([404, []]);
});
