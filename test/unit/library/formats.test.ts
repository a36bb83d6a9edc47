import { expect, test } from "vitest";
import type { Collection } from "../../../src/api/files.ts";
import { checkKind, contentTypeFor, FormatError } from "../../../src/library/formats.ts";
import type { MediaProbe } from "../../../src/protocol/render-job.ts";
import { probedVideo } from "../../support/jobs.ts";

const video: MediaProbe = {
  kind: "video",
  format: "mov,mp4,m4a,3gp,3g2,mj2",
  duration: 4,
  video: probedVideo(64, 36, 25),
  audio: null,
};
const image: MediaProbe = { ...video, kind: "image", format: "png_pipe", duration: 0 };
const audio: MediaProbe = { kind: "audio", format: "mp3", duration: 4, video: null, audio: { codec: "mp3" } };

test.each<[Collection, string, string, MediaProbe]>([
  ["video_materials", "a.mp4", "video/mp4", video],
  ["video_materials", "a.MOV", "video/quicktime", video],
  ["video_materials", "a.mkv", "video/x-matroska", video],
  ["video_materials", "a.webm", "video/webm", video],
  ["video_materials", "a.avi", "video/x-msvideo", video],
  ["video_materials", "a.flv", "video/x-flv", video],
  ["video_materials", "a.b.jpg", "image/jpeg", image],
  ["video_materials", "a.jpeg", "image/jpeg", image],
  ["video_materials", "a.png", "image/png", image],
  ["video_materials", "a.webp", "image/webp", image],
  ["musics", "a.mp3", "audio/mpeg", audio],
  ["musics", "a.m4a", "audio/mp4", audio],
  ["musics", "a.wav", "audio/wav", audio],
  ["musics", "a.ogg", "audio/ogg", audio],
])("the collection %s accepts %s as %s", (collection, name, contentType, probe) => {
  expect(contentTypeFor(collection, name)).toBe(contentType);
  expect(() => checkKind(collection, name, probe)).not.toThrow();
});

test.each<[Collection, string, RegExp]>([
  ["video_materials", "a.exe", /\.exe is not accepted here, only mp4/],
  ["video_materials", "a.m3u8", /not accepted/],
  ["video_materials", "a.mp3", /upload it to \/api\/v1\/musics/],
  ["musics", "a.mp4", /upload it to \/api\/v1\/video_materials/],
  ["musics", "a.constructor", /not accepted/],
  ["musics", "a.__proto__", /not accepted/],
])("the collection %s refuses the file name %s", (collection, name, reason) => {
  expect(() => contentTypeFor(collection, name)).toThrow(FormatError);
  expect(() => contentTypeFor(collection, name)).toThrow(reason);
});

test.each<[Collection, string, MediaProbe, RegExp]>([
  ["video_materials", "a.mp4", audio, /extension of a.mp4 means video, but the content is audio \(mp3\)/],
  ["video_materials", "a.mp4", image, /content is image/],
  ["video_materials", "a.png", video, /extension of a.png means image, but the content is video/],
  ["musics", "a.mp3", video, /extension of a.mp3 means audio, but the content is video/],
  ["video_materials", "a.mp4", { ...video, duration: 0 }, /no duration/],
  ["musics", "a.mp3", { ...audio, duration: 0 }, /no duration/],
])("the collection %s refuses %s because of its content (case %#)", (collection, name, probe, reason) => {
  expect(() => checkKind(collection, name, probe)).toThrow(reason);
});
