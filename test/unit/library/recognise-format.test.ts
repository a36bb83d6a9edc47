import { expect, test } from "vitest";
import { recogniseFormat } from "../../../src/library/recognise-format.ts";

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const packets = (lead: string) =>
  Array(4)
    .fill(`${lead}G${"x".repeat(187)}`)
    .join("");

test.each([
  ["\xff\xd8\xff\xe0\0\x10JFIF", "a JPEG picture", "image/jpeg"],
  ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG picture", "image/png"],
  ["RIFF\x10\0\0\0WEBPVP8 ", "a WebP picture", "image/webp"],
  ["RIFF\x10\0\0\0WEBPVP8X\n\0\0\0\x10", "a WebP picture", "image/webp"],
  ["GIF89a\x01\0\x01\0", "a GIF picture", "image/gif"],
  ["BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "a BMP picture", "image/bmp"],
  ["II*\0\x08\0\0\0", "a TIFF picture", "image/tiff"],
  ["\0\0\0\x20ftypisom\0\0\0\0mp41", "an MP4 file", "video/mp4"],
  ["\0\0\0\x20ftypM4V ", "an MP4 file", "video/mp4"],
  ["\0\0\0\x20ftypM4A ", "an MPEG-4 sound", "audio/mp4"],
  ["\0\0\0\x20ftypM4B ", "an MPEG-4 sound", "audio/mp4"],
  ["\0\0\0\x14ftypqt  ", "a QuickTime movie", "video/quicktime"],
  ["\0\0\x10\0mdat", "a QuickTime movie", "video/quicktime"],
  ["\0\0\0\x1cftyp3gp5", "a 3GPP file", "video/3gpp"],
  ["\x1aE\xdf\xa3\xa3B\x86\x81\x01B\xf7\x81\x01B\x82\x88matroska", "a Matroska file", "video/x-matroska"],
  ["\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "a WebM file", "video/webm"],
  ["RIFF\x10\0\0\0AVI LIST", "an AVI video", "video/x-msvideo"],
  ["FLV\x01\x05", "an FLV video", "video/x-flv"],
  [packets(""), "an MPEG transport stream", "video/mp2t"],
  [packets("\0\0\0\0"), "an MPEG transport stream", "video/mp2t"],
  ["\0\0\x01\xba\x44", "an MPEG program stream", "video/mpeg"],
  ["0&\xb2u\x8ef\xcf\x11\xa6\xd9", "a Windows Media file", "video/x-ms-asf"],
  [`OggS${"\0".repeat(24)}\x80theora`, "an Ogg video", "video/ogg"],
  [`OggS${"\0".repeat(24)}OpusHead`, "an Ogg file", "audio/ogg"],
  ["RIFF\x10\0\0\0WAVEfmt ", "a WAV sound", "audio/wav"],
  ["fLaC\0\0\0\x22", "a FLAC sound", "audio/flac"],
  ["FORM\0\0\x10\0AIFFCOMM", "an AIFF sound", "audio/aiff"],
  ["caff\0\x01\0\0desc", "a CAF sound", "audio/x-caf"],
  ["#!AMR\n", "an AMR sound", "audio/amr"],
  ["\xff\xf1\x50\x80", "an AAC sound", "audio/aac"],
  ["\xff\xfb\x90\x64", "an MP3 sound", "audio/mpeg"],
  ["ID3\x04\0\0", "an MP3 sound", "audio/mpeg"],
  ["\0\x01\0\0\0\x0c", "a TrueType font", "font/ttf"],
  ["OTTO\0\x0c", "an OpenType font", "font/otf"],
  ["ttcf\0\x01\0\0", "a font collection", "font/collection"],
  ["1\n00:00:00,000 --> 00:00:01,000\nOne\n", "a SubRip subtitle file", "application/x-subrip; charset=utf-8"],
  ["\xef\xbb\xbfWEBVTT\n\n", "a WebVTT subtitle file", "text/vtt; charset=utf-8"],
])("a file that begins with %j is recognised as %s", (head, name, contentType) => {
  const format = recogniseFormat(bytes(head));
  expect(format).toMatchObject({ name, contentType });
  expect(format?.kinds).not.toEqual([]);
});

test.each([
  ["RIFF\x10\0\0\0WEBPVP8X\n\0\0\0\x12", "a moving WebP picture", /GIF or MP4/],
  ["\0\0\0\x1cftypavif\0\0\0\0mif1", "an AVIF picture", /JPEG/],
  ["\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "an AVIF picture", /JPEG/],
  ["\0\0\0\x18ftypheic\0\0\0\0mif1heic", "an HEIC picture", /JPEG/],
  ["\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "an HEIC picture", /JPEG/],
  ["II*\0\x10\0\0\0CR\x02\0", "a camera raw picture", /JPEG/],
  ["\0\0\0\fJXL \r\n\x87\n", "a JPEG XL picture", /JPEG/],
  ["\xff\n\x01", "a JPEG XL picture", /JPEG/],
  ["\0\0\0\fjP  \r\n\x87\n", "a JPEG 2000 picture", /JPEG/],
  ["8BPS\0\x01", "a Photoshop picture", /JPEG/],
  ["\0\0\x01\0\x01\0", "a Windows icon", /JPEG/],
  ['<?xml version="1.0"?>\n<svg xmlns="x">', "an SVG drawing", /JPEG/],
  ["%PDF-1.7", "a PDF document", /JPEG/],
  [".RMF\0\0", "a RealMedia file", /MP4/],
  ["\x06\x0e\x2b\x34\x02\x05", "an MXF video", /MP4/],
  ["CWS\x0a", "a Flash film", /MP4/],
  ["\0\0\x01\xb3\x14", "an MPEG video without a container", /MP4/],
  ["\x0bw\x12", "an AC-3 sound", /MP3/],
  ["wvpk\x01", "a WavPack sound", /MP3/],
  ["MThd\0\0\0\x06", "a MIDI file", /MP3/],
  ["wOF2OTTO", "a web font", /TTF or OTF/],
  ["\xef\xbb\xbf[Script Info]\n", "an ASS subtitle file", /SRT or VTT/],
  ["0:00:01.000,0:00:02.500\nHello\n", "an SBV subtitle file", /SRT or VTT/],
  ["{1}{1}25\n{25}{50}Hello|World\n", "a MicroDVD subtitle file", /SRT or VTT/],
  ['<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml">', "a TTML subtitle file", /SRT or VTT/],
  ["\xef\xbb\xbf<!-- made by x -->\n<tt:tt>", "a TTML subtitle file", /SRT or VTT/],
  ["<SAMI>\n<HEAD>", "a SAMI subtitle file", /SRT or VTT/],
  ["Scenarist_SCC V1.0\n\n00:00:01:00\t9420", "an SCC subtitle file", /SRT or VTT/],
  ["\n<!DOCTYPE html><html>", "a web page", /file itself/],
  ["#EXTM3U\n#EXTINF", "a playlist", /file itself/],
  ["PK\x03\x04\x14", "a ZIP archive or an office document", /unpack/],
])("a file that begins with %j is refused as %s, with advice", (head, name, advice) => {
  const format = recogniseFormat(bytes(head));
  expect(format).toMatchObject({ name, kinds: [] });
  expect(format?.advice).toMatch(advice);
});

test.each(["", "{", "no media", "\xff\xfe1\0\n\0", "\0\0\0\0\0\0\0\0"])(
  "the format of a file that begins with %j is unknown",
  (head) => {
    expect(recogniseFormat(bytes(head))).toBeNull();
  },
);
