import { expect, test } from "vitest";
import { collectionOf, Edgereel } from "../../../../packages/client/src/index.ts";
import { scriptedServer, success } from "../support/scripted-server.ts";

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
