import { expect, test } from "vitest";
import { isCutOffWave, sniffMedia } from "../../../author/src/calls/sniff-media.ts";
import { fakeSpeech } from "../../support/providers/audio.ts";
import { fakePicture } from "../../support/providers/picture.ts";

const bytes = (...values: (number | string)[]) =>
  Buffer.concat(
    values.map((value) => (typeof value === "string" ? Buffer.from(value, "latin1") : Buffer.from([value]))),
  );
const { wav } = fakeSpeech("Hello world.", 1);

test.each([
  ["audio/wav", wav],
  ["audio/mpeg", bytes("ID3\x04")],
  ["audio/mpeg", bytes(0xff, 0xfb, 0x90, 0x64)],
  ["audio/mpeg", bytes(0xff, 0xf3, 0x84, 0xc4)],
  ["audio/aac", bytes(0xff, 0xf1, 0x50, 0x80)],
  ["audio/ogg", bytes("OggS")],
  ["audio/flac", bytes("fLaC")],
  ["audio/mp4", bytes(0, 0, 0, 24, "ftypM4A ")],
  ["image/png", fakePicture("a", 8, 8)],
  ["image/jpeg", bytes(0xff, 0xd8, 0xff, 0xe0)],
  ["image/webp", bytes("RIFF", 1, 0, 0, 0, "WEBPVP8 ")],
  [null, bytes("<!DOCTYPE html>")],
  [null, bytes('{"error":1}')],
  [null, bytes(0xff, 0xff, 0xff, 0xff)],
  [null, bytes()],
])("a file is %s by its first bytes", (mediaType, file) => {
  expect(sniffMedia(file)).toBe(mediaType);
});

test("a WAV file that ends too early is noticed; one of unknown length is not", () => {
  const streamed = Buffer.from(wav);
  streamed.writeUInt32LE(0xffffffff, 4);
  expect(isCutOffWave(wav)).toBe(false);
  expect(isCutOffWave(wav.subarray(0, wav.length - 100))).toBe(true);
  expect(isCutOffWave(streamed.subarray(0, 200))).toBe(false);
});
