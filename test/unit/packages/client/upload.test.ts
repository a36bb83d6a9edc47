import { expect, test } from "vitest";
import { collectionOf, Edgereel } from "../../../../packages/client/src/index.ts";
import { refusal, type ScriptedAnswer, scriptedServer, success } from "../support/scripted-server.ts";

const stored = success({ name: "x", size: 5, file: "x" });

test("a clip is sent as a raw body under its name, and again after a broken connection", async () => {
  await using server = await scriptedServer("break off", stored);
  const progress: number[] = [];
  const file = new File(["bytes"], "Strände & Möwen.mp4");
  const onProgress = ({ sent, total }: { sent: number; total: number }) => progress.push(sent / total);
  await new Edgereel({ url: server.url }).upload(file, { onProgress });
  const sent = { method: "PUT", url: "/api/v1/video_materials/Str%C3%A4nde%20%26%20M%C3%B6wen.mp4", body: "bytes" };
  expect(server.seen).toMatchObject([{}, sent]);
  expect(progress).toEqual([0, 1]);
});

test("a file of another collection is sent as a form", async () => {
  await using server = await scriptedServer(stored);
  await new Edgereel({ url: server.url }).upload(new Blob(["bytes"]), { name: "song.mp3", collection: "narrations" });
  expect(server.seen[0]).toMatchObject({ method: "POST", url: "/api/v1/narrations" });
  expect(server.seen[0]?.body).toMatch(/name="file"; filename="song\.mp3"[\s\S]*\r\n\r\nbytes\r\n/);
});

test("a Blob without a name is refused before anything is sent", async () => {
  await using server = await scriptedServer(stored);
  await expect(new Edgereel({ url: server.url }).upload(new Blob(["bytes"]))).rejects.toThrow("name: is missing");
  expect(server.seen).toEqual([]);
});

test.each([
  ["beach.MP4", "video_materials"],
  ["photo.jpeg", "video_materials"],
  ["song.mp3", "musics"],
  ["Titel.TTF", "fonts"],
  ["words.srt", "subtitles"],
  ["noextension", "video_materials"],
])("the file %s belongs to %s", (name, collection) => {
  expect(collectionOf(name)).toBe(collection);
});

test("a large file is sent in chunks, and goes on after a broken connection from the offset that the service says", async () => {
  const at = (offset: number, status = 204): ScriptedAnswer => ({ status, headers: { "upload-offset": `${offset}` } });
  const location = { location: "/api/v1/uploads/7d6a1c2e" };
  await using server = await scriptedServer(
    ...[{ status: 201, headers: location }, at(4), "break off" as const, at(6, 200), at(9)],
    success({ file: { name: "ä.mp3", file: "ä.mp3", size: 9 } }),
  );
  const progress: number[] = [];
  const file = await new Edgereel({ url: server.url }).upload(new File(["123456789"], "ä.mp3"), {
    ...{ chunkSize: 4, collection: "narrations" },
    onProgress: ({ sent }) => progress.push(sent),
  });
  expect(file).toEqual({ name: "ä.mp3", file: "ä.mp3", size: 9 });
  expect(progress).toEqual([0, 4, 6, 9]);
  const sent = server.seen.map(({ method, url, headers, body }) => [method, url, headers["upload-offset"], body]);
  const path = "/api/v1/uploads/7d6a1c2e";
  expect(sent).toEqual([
    ["POST", "/api/v1/uploads", undefined, ""],
    ["PATCH", path, "0", "1234"],
    ["PATCH", path, "4", "5678"],
    ["HEAD", path, undefined, ""],
    ["PATCH", path, "6", "789"],
    ["GET", path, undefined, ""],
  ]);
  const metadata = `filename ${Buffer.from("ä.mp3").toString("base64")},collection ${Buffer.from("narrations").toString("base64")}`;
  expect(server.seen[0]?.headers).toMatchObject({ "upload-length": "9", "upload-metadata": metadata });
  for (const { headers } of server.seen) expect(headers["tus-resumable"]).toBe("1.0.0");
});

test("an upload in chunks that is refused is not continued", async () => {
  const refused = refusal(415, "unsupported_file", "notes.txt is not accepted");
  await using server = await scriptedServer({ status: 201, headers: { location: "/api/v1/uploads/a" } }, refused);
  const upload = new Edgereel({ url: server.url }).upload(new File(["123456789"], "notes.txt"), { chunkSize: 4 });
  await expect(upload).rejects.toMatchObject({ code: "unsupported_file" });
  expect(server.seen).toHaveLength(2);
});

test("an upload in chunks ends with the last error if no byte arrives any more", async () => {
  const created: ScriptedAnswer = { status: 201, headers: { location: "/api/v1/uploads/a" } };
  const away = refusal(503, "database_unavailable", "away", { "retry-after": "0" });
  const still: ScriptedAnswer = { status: 200, headers: { "upload-offset": "0" } };
  // Each attempt is a PATCH, which the client repeats because the service says when, and a HEAD.
  const attempts = Array.from({ length: 9 }, (): ScriptedAnswer[] => [away, still]).flat();
  await using server = await scriptedServer(created, ...attempts);
  const upload = new Edgereel({ url: server.url, maxAttempts: 1 });
  const file = new File(["123456789"], "a.mp4");
  await expect(upload.upload(file, { chunkSize: 4 })).rejects.toMatchObject({ code: "database_unavailable" });
  expect(server.seen.filter(({ method }) => method === "PATCH")).toHaveLength(6);
});

test("a large file is sent in one request to a service without resumable uploads", async () => {
  await using server = await scriptedServer(refusal(404, "not_found", "POST /api/v1/uploads does not exist"), stored);
  const file = new File(["123456789"], "a.mp4");
  expect(await new Edgereel({ url: server.url }).upload(file, { chunkSize: 4 })).toMatchObject({ file: "x" });
  expect(server.seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    "POST /api/v1/uploads",
    "PUT /api/v1/video_materials/a.mp4",
  ]);
});
