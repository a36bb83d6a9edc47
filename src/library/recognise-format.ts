import type { FileProbe } from "../protocol/file-probe.ts";

/** A file format, recognised by its first bytes. */
export interface RecognisedFormat {
  /** What the file is, with its article: "a JPEG picture". */
  name: string;
  /** What a file of this format can contain. Empty if the format is not accepted. */
  kinds: readonly FileProbe["kind"][];
  contentType: string;
  /** What to do with a file of a format that is not accepted; may be empty. */
  advice: string;
}

/** Number of bytes that {@link recogniseFormat} looks at. */
export const FORMAT_HEAD_BYTES = 1024;

type Kinds = readonly FileProbe["kind"][];
const IMAGE: Kinds = ["image"];
const AUDIO: Kinds = ["audio"];
const MEDIA: Kinds = ["video", "audio"];

/** The packets of an MPEG transport stream, with `lead` bytes before each. */
const packets = (lead: number) => `${"?".repeat(lead)}G${"?".repeat(187)}`.repeat(3);

/** Frame headers of MPEG 1, 2 and 2.5, layers II and III, with and without a checksum. */
const MP3_STARTS = [..."\xe2\xe3\xf2\xf3\xf4\xf5\xfa\xfb\xfc\xfd"].map((second) => `\xff${second}`);

/** The accepted formats: name, possible contents, media type, and how files begin, in Latin-1; `?` is any byte. */
const ACCEPTED: readonly (readonly [string, Kinds, string, ...string[]])[] = [
  ["a JPEG picture", IMAGE, "image/jpeg", "\xff\xd8\xff"],
  ["a PNG picture", IMAGE, "image/png", "\x89PNG\r\n\x1a\n"],
  ["a WebP picture", IMAGE, "image/webp", "RIFF????WEBP"],
  ["a GIF picture", ["image", "video"], "image/gif", "GIF87a", "GIF89a"],
  ["a BMP picture", IMAGE, "image/bmp", "BM????\0\0\0\0"],
  ["a TIFF picture", IMAGE, "image/tiff", "II*\0", "MM\0*"],
  ["an MPEG-4 sound", MEDIA, "audio/mp4", "????ftypM4A", "????ftypM4B", "????ftypF4A"],
  ["a QuickTime movie", MEDIA, "video/quicktime", "????ftypqt", "????moov", "????mdat", "????wide", "????pnot"],
  ["a 3GPP file", MEDIA, "video/3gpp", "????ftyp3g"],
  ["an MP4 file", MEDIA, "video/mp4", "????ftyp", "????free", "????skip"],
  ["a Matroska file", MEDIA, "video/x-matroska", "\x1aE\xdf\xa3"],
  ["an AVI video", MEDIA, "video/x-msvideo", "RIFF????AVI "],
  ["an FLV video", MEDIA, "video/x-flv", "FLV\x01"],
  ["an MPEG transport stream", MEDIA, "video/mp2t", packets(0), packets(4)],
  ["an MPEG program stream", MEDIA, "video/mpeg", "\0\0\x01\xba"],
  ["a Windows Media file", MEDIA, "video/x-ms-asf", "0&\xb2u\x8ef\xcf\x11"],
  ["an Ogg video", MEDIA, "video/ogg", `OggS${"?".repeat(24)}\x80theora`, `OggS${"?".repeat(24)}fishead`],
  ["an Ogg file", MEDIA, "audio/ogg", "OggS"],
  ["a WAV sound", AUDIO, "audio/wav", "RIFF????WAVE", "RF64????WAVE"],
  ["a FLAC sound", AUDIO, "audio/flac", "fLaC"],
  ["an AIFF sound", AUDIO, "audio/aiff", "FORM????AIF"],
  ["a CAF sound", AUDIO, "audio/x-caf", "caff\0"],
  ["an AMR sound", AUDIO, "audio/amr", "#!AMR"],
  ["an AAC sound", AUDIO, "audio/aac", "\xff\xf0", "\xff\xf1", "\xff\xf8", "\xff\xf9"],
  ["an MP3 sound", AUDIO, "audio/mpeg", "ID3", ...MP3_STARTS],
  ["a TrueType font", ["font"], "font/ttf", "\0\x01\0\0", "true"],
  ["an OpenType font", ["font"], "font/otf", "OTTO"],
  ["a font collection", ["font"], "font/collection", "ttcf"],
  ["a WebVTT subtitle file", ["subtitles"], "text/vtt; charset=utf-8", "WEBVTT", "\xef\xbb\xbfWEBVTT"],
];

const TO_PICTURE = "convert it to JPEG, PNG or WebP";
const TO_VIDEO = "convert it to MP4";
const TO_SOUND = "convert it to MP3, M4A or WAV";
const TO_FONT = "convert it to TTF or OTF";
const TO_SUBTITLES = "convert it to SRT or VTT";
const UNPACK = "unpack it and upload the files inside";

/** Formats that are not accepted: name, what to do with such files, and how they begin. They are tried first. */
const REFUSED: readonly (readonly [string, string, ...string[]])[] = [
  [
    "an HEIC picture",
    TO_PICTURE,
    ...["c", "x", "m", "s"].flatMap((letter) => [`????ftyphei${letter}`, `????ftyphev${letter}`]),
  ],
  ["an HEIC picture", TO_PICTURE, "????ftypmif1", "????ftypmsf1"],
  ["a camera raw picture", TO_PICTURE, "????ftypcrx", "II*\0????CR", "FUJIFILMCCD-RAW", "IIRO", "IIRS", "IIU\0"],
  ["a JPEG XL picture", TO_PICTURE, "\xff\n", "\0\0\0\fJXL "],
  ["a JPEG 2000 picture", TO_PICTURE, "\0\0\0\fjP  ", "\xff\x4f\xff\x51"],
  ["a BigTIFF picture", TO_PICTURE, "II+\0", "MM\0+"],
  ["a Photoshop picture", TO_PICTURE, "8BPS"],
  ["a Windows icon", TO_PICTURE, "\0\0\x01\0", "\0\0\x02\0"],
  ["a PDF document", TO_PICTURE, "%PDF"],
  ["a PostScript document", TO_PICTURE, "%!PS"],
  ["a RealMedia file", TO_VIDEO, ".RMF"],
  ["an MXF video", TO_VIDEO, "\x06\x0e\x2b\x34"],
  ["a Flash film", TO_VIDEO, "FWS", "CWS", "ZWS"],
  ["an MPEG video without a container", TO_VIDEO, "\0\0\x01\xb3", "\0\0\x01\xb0"],
  ["an AC-3 sound", TO_SOUND, "\x0bw"],
  ["a WavPack sound", TO_SOUND, "wvpk"],
  ["a Monkey's Audio sound", TO_SOUND, "MAC "],
  ["a DSD sound", TO_SOUND, "DSD ", "FRM8"],
  ["an AU sound", TO_SOUND, ".snd"],
  ["a MIDI file", TO_SOUND, "MThd"],
  ["a web font", TO_FONT, "wOFF", "wOF2"],
  ["an SCC subtitle file", TO_SUBTITLES, "Scenarist_SCC"],
  ["an ASS subtitle file", TO_SUBTITLES, "[Script Info]", "\xef\xbb\xbf[Script Info]"],
  ["a playlist", "upload the media file itself", "#EXTM3U", "\xef\xbb\xbf#EXTM3U"],
  ["a ZIP archive or an office document", UNPACK, "PK\x03\x04", "PK\x05\x06"],
  ["a RAR archive", UNPACK, "Rar!"],
  ["a 7-Zip archive", UNPACK, "7z\xbc\xaf"],
  ["a gzip archive", UNPACK, "\x1f\x8b"],
];

/** Formats of text and with variable beginnings. */
const REFUSED_BY_PATTERN: readonly (readonly [string, string, RegExp])[] = [
  ["an AVIF picture", TO_PICTURE, /^.{4}ftyp.{0,40}avi[fs]/s],
  ["an SVG drawing", TO_PICTURE, /^(?:\xef\xbb\xbf)?\s*(?:<[?!].*)?<svg[\s>]/s],
  ["a TTML subtitle file", TO_SUBTITLES, /^(?:\xef\xbb\xbf)?\s*(?:<[?!][^>]*>\s*)*<(?:\w+:)?tt[\s>]/],
  ["a SAMI subtitle file", TO_SUBTITLES, /^(?:\xef\xbb\xbf)?\s*<sami[\s>]/i],
  ["an SBV subtitle file", TO_SUBTITLES, /^(?:\xef\xbb\xbf)?\s*\d{1,2}:\d\d:\d\d\.\d+,\d{1,2}:\d\d:\d\d\.\d+\s*[\r\n]/],
  ["a MicroDVD subtitle file", TO_SUBTITLES, /^(?:\xef\xbb\xbf)?\s*\{\d+\}\{\d*\}/],
  ["a web page", "upload the file itself", /^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)[\s>]/i],
];

/** The number of the first subtitle, which some files leave out, and its times. */
const SUBRIP = /^(?:\xef\xbb\xbf)?\s*(?:\d+\s*[\r\n]\s*)?\d{1,3}:\d\d:\d\d[,.]\d+\s*-->/;

/** The bit in the flags of an extended WebP file that means moving pictures. */
const WEBP_ANIMATION = 0x02;

/**
 * Recognises the format of a file by its content. The name of a file does not matter, because people and programs often
 * choose a wrong extension.
 *
 * @param head the first {@link FORMAT_HEAD_BYTES} of the file, or the whole file if it is shorter.
 * @returns null if the format is unknown.
 */
export function recogniseFormat(head: Uint8Array): RecognisedFormat | null {
  const text = String.fromCharCode(...head.subarray(0, FORMAT_HEAD_BYTES));
  const refused = (name: string, advice: string) => ({
    name,
    kinds: [],
    contentType: "application/octet-stream",
    advice,
  });
  if (begins(text, "RIFF????WEBPVP8X") && text.charCodeAt(20) & WEBP_ANIMATION) {
    return refused("a moving WebP picture", "convert it to GIF or MP4");
  }
  for (const [name, advice, pattern] of REFUSED_BY_PATTERN) if (pattern.test(text)) return refused(name, advice);
  for (const [name, advice, ...starts] of REFUSED) {
    if (starts.some((start) => begins(text, start))) return refused(name, advice);
  }
  if (SUBRIP.test(text)) {
    const contentType = "application/x-subrip; charset=utf-8";
    return { name: "a SubRip subtitle file", kinds: ["subtitles"], contentType, advice: "" };
  }
  for (const [name, kinds, contentType, ...starts] of ACCEPTED) {
    if (!starts.some((start) => begins(text, start))) continue;
    // A WebM file is a Matroska file that says so in its header.
    const isWebm = contentType === "video/x-matroska" && text.slice(0, 80).includes("webm");
    return isWebm
      ? { name: "a WebM file", kinds, contentType: "video/webm", advice: "" }
      : { name, kinds, contentType, advice: "" };
  }
  return null;
}

/** True if a text begins with a pattern in which `?` is any character. */
function begins(text: string, pattern: string): boolean {
  if (text.length < pattern.length) return false;
  for (let at = 0; at < pattern.length; at++) if (pattern[at] !== "?" && pattern[at] !== text[at]) return false;
  return true;
}
