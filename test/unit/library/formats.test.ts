import { expect, test } from "vitest";
import type { Collection } from "../../../src/api/files.ts";
import { checkContent, contentTypeFor, FormatError, mediaType } from "../../../src/library/formats.ts";
import type { MediaProbe } from "../../../src/protocol/render-job.ts";
import { probedVideo } from "../../support/jobs.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const unknown = bytes("{}");

const video: MediaProbe = {
  kind: "video",
  format: "mov,mp4,m4a,3gp,3g2,mj2",
  duration: 4,
  video: probedVideo(64, 36, 25),
  audio: null,
};
const image: MediaProbe = { ...video, kind: "image", format: "png_pipe", duration: 0 };
const audio: MediaProbe = { kind: "audio", format: "mp3", duration: 4, video: null, audio: { codec: "mp3" } };

test.each<[Collection, string, string, string]>([
  ["video_materials", "clip.txt", "\x89PNG\r\n\x1a\n", "image/png"],
  ["video_materials", "clip.jpg", "\0\0\0\x20ftypisom", "video/mp4"],
  ["video_materials", "a.GIF", "GIF89a", "image/gif"],
  ["musics", "a.mp3", "\0\0\0\x20ftypM4A ", "audio/mp4"],
  ["narrations", "a.wav", "\xff\xf1\x50\x80", "audio/aac"],
  ["fonts", "a.ttf", "OTTO", "font/otf"],
  ["subtitles", "a.srt", "WEBVTT\n", "text/vtt; charset=utf-8"],
])("the collection %s accepts %s, which begins with %j, as %s", (collection, name, head, contentType) => {
  expect(mediaType(collection, name, bytes(head))).toBe(contentType);
});

test.each<[Collection, string, string]>([
  ["video_materials", "\xff\xfb\x90\x64", "this is an MP3 sound; upload it to /api/v1/musics or /api/v1/narrations"],
  ["musics", "\xff\xd8\xff\xe0", "this is a JPEG picture; upload it to /api/v1/video_materials"],
  ["narrations", "GIF89a", "this is a GIF picture; upload it to /api/v1/video_materials"],
  ["video_materials", "OTTO", "this is an OpenType font; upload it to /api/v1/fonts"],
  ["fonts", "WEBVTT\n", "this is a WebVTT subtitle file; upload it to /api/v1/subtitles"],
  ["subtitles", "ID3\x04", "this is an MP3 sound; upload it to /api/v1/musics or /api/v1/narrations"],
  [
    "video_materials",
    "\0\0\0\x18ftypheic",
    "this is an HEIC picture, which is not accepted; convert it to JPEG, PNG or WebP",
  ],
])("the collection %s refuses content that begins with %j, whatever its name", (collection, head, message) => {
  for (const name of ["a.mp4", "a.mp3", "a.ttf", "a.srt"]) {
    expect(() => mediaType(collection, name, bytes(head))).toThrow(new FormatError(message));
  }
});

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
])("the collection %s accepts %s with unknown first bytes as %s", (collection, name, contentType, probe) => {
  expect(mediaType(collection, name, unknown)).toBe(contentType);
  expect(() => checkContent(collection, name, probe)).not.toThrow();
});

test.each<[Collection, string, RegExp]>([
  ["video_materials", "a.exe", /\.exe is not accepted here, only mp4/],
  ["video_materials", "a.m3u8", /not accepted/],
  ["video_materials", "a.mp3", /upload it to \/api\/v1\/musics/],
  ["musics", "a.mp4", /upload it to \/api\/v1\/video_materials/],
  ["musics", "a.constructor", /not accepted/],
  ["musics", "a.__proto__", /not accepted/],
])("the collection %s refuses unknown content with the name %s", (collection, name, reason) => {
  expect(() => contentTypeFor(collection, name)).toThrow(FormatError);
  expect(() => contentTypeFor(collection, name)).toThrow(reason);
});

test.each<[Collection, string, MediaProbe, RegExp]>([
  [
    "video_materials",
    "a.mp4",
    audio,
    /this is a sound \(mp3\); upload it to \/api\/v1\/musics or \/api\/v1\/narrations/,
  ],
  ["musics", "a.mp3", image, /this is a picture \(png_pipe\); upload it to \/api\/v1\/video_materials/],
  ["musics", "a.mp3", video, /this is a video \(mov.*\); upload it to \/api\/v1\/video_materials/],
  ["video_materials", "a.mp4", { ...video, duration: 0 }, /no duration/],
  ["musics", "a.mp3", { ...audio, duration: 0 }, /no duration/],
])("the collection %s refuses %s because of its content (case %#)", (collection, name, probe, reason) => {
  expect(() => checkContent(collection, name, probe)).toThrow(reason);
});
