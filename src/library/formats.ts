import { CodedError } from "../api/errors.ts";
import type { Collection } from "../api/files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import { recogniseFormat } from "./recognise-format.ts";

type Kind = FileProbe["kind"];

/** What the files of each collection may contain. */
const KINDS: Record<Collection, readonly Kind[]> = {
  video_materials: ["video", "image"],
  musics: ["audio"],
  narrations: ["audio"],
  fonts: ["font"],
  subtitles: ["subtitles"],
};

/** Each kind of content in words, and where to upload it. */
const KIND_NAMES: Record<Kind, { name: string; paths: string }> = {
  video: { name: "a video", paths: "/api/v1/video_materials" },
  image: { name: "a picture", paths: "/api/v1/video_materials" },
  audio: { name: "a sound", paths: "/api/v1/musics or /api/v1/narrations" },
  font: { name: "a font", paths: "/api/v1/fonts" },
  subtitles: { name: "a subtitle file", paths: "/api/v1/subtitles" },
};

/** The usual extensions of each kind of content, with their media types. The first one is given to a file without one. */
const EXTENSIONS: Record<Kind, Readonly<Record<string, string>>> = {
  video: {
    mp4: "video/mp4",
    mov: "video/quicktime",
    m4v: "video/mp4",
    mkv: "video/x-matroska",
    webm: "video/webm",
    avi: "video/x-msvideo",
    flv: "video/x-flv",
    "3gp": "video/3gpp",
    ts: "video/mp2t",
    mts: "video/mp2t",
    m2ts: "video/mp2t",
    mpg: "video/mpeg",
    wmv: "video/x-ms-asf",
    ogv: "video/ogg",
    gif: "image/gif",
  },
  image: {
    jpg: "image/jpeg",
    jpeg: "image/jpeg",
    png: "image/png",
    webp: "image/webp",
    gif: "image/gif",
    bmp: "image/bmp",
    tif: "image/tiff",
    tiff: "image/tiff",
  },
  audio: {
    mp3: "audio/mpeg",
    m4a: "audio/mp4",
    m4b: "audio/mp4",
    wav: "audio/wav",
    ogg: "audio/ogg",
    oga: "audio/ogg",
    opus: "audio/ogg",
    flac: "audio/flac",
    aac: "audio/aac",
    wma: "video/x-ms-asf",
    aiff: "audio/aiff",
    aif: "audio/aiff",
    caf: "audio/x-caf",
    amr: "audio/amr",
    mka: "video/x-matroska",
  },
  font: { ttf: "font/ttf", otf: "font/otf", ttc: "font/collection" },
  subtitles: {
    srt: "application/x-subrip; charset=utf-8",
    vtt: "text/vtt; charset=utf-8",
    json: "application/json",
    lrc: "text/plain; charset=utf-8",
  },
};

/** A file has a format that its collection does not accept. The message says why. */
export class FormatError extends CodedError {
  override name = "FormatError";

  constructor(message: string, options?: ErrorOptions) {
    super("unsupported_file", message, options);
  }
}

/**
 * The media type of a file: by its first bytes, or by the extension of its name if they are of no known format.
 *
 * @param head the first bytes of the file; see `FORMAT_HEAD_BYTES`.
 * @throws FormatError if the collection does not accept the format.
 */
export function mediaType(collection: Collection, name: string, head: Uint8Array): string {
  return recognisedMediaType(collection, head) ?? contentTypeFor(collection, name);
}

/**
 * The media type of a file by its first bytes; null if they are of no known format.
 *
 * @throws FormatError if the collection does not accept the format.
 */
export function recognisedMediaType(collection: Collection, head: Uint8Array): string | null {
  const format = recogniseFormat(head);
  if (!format) return null;
  if (format.kinds.length === 0) {
    throw new FormatError(`this is ${format.name}, which is not accepted${format.advice && `; ${format.advice}`}`);
  }
  if (!format.kinds.some((kind) => KINDS[collection].includes(kind))) throw misplaced(format.name, format.kinds);
  return format.contentType;
}

/**
 * The media type for a file name, by its extension.
 *
 * @throws FormatError if the collection does not accept the extension.
 */
export function contentTypeFor(collection: Collection, name: string): string {
  const extension = extensionOf(name);
  for (const kind of KINDS[collection]) {
    const types = EXTENSIONS[kind];
    if (Object.hasOwn(types, extension)) return types[extension] ?? "";
  }
  const other = Object.values(KIND_NAMES).find((_, index) =>
    Object.hasOwn(Object.values(EXTENSIONS)[index] ?? {}, extension),
  );
  const accepted = new Set(KINDS[collection].flatMap((kind) => Object.keys(EXTENSIONS[kind])));
  const elsewhere = other ? `; upload it to ${other.paths}` : "";
  throw new FormatError(`.${extension} is not accepted here, only ${[...accepted].join(", ")}${elsewhere}`);
}

/**
 * Checks that a collection accepts the content of a file, and that it can be played.
 *
 * @throws FormatError
 */
export function checkContent(collection: Collection, name: string, probe: FileProbe): void {
  if (!KINDS[collection].includes(probe.kind)) {
    const format = "format" in probe ? ` (${probe.format})` : "";
    throw misplaced(`${KIND_NAMES[probe.kind].name}${format}`, [probe.kind]);
  }
  if ((probe.kind === "video" || probe.kind === "audio") && probe.duration <= 0) {
    throw new FormatError(`${name} has no duration, so it contains no playable ${probe.kind}`);
  }
}

/** True if the name's extension is a usual one of the content. */
export function extensionFits(name: string, { kind }: FileProbe): boolean {
  return Object.hasOwn(EXTENSIONS[kind], extensionOf(name));
}

/** A usual extension of the content, without a dot. */
export function usualExtension({ kind }: FileProbe): string {
  return Object.keys(EXTENSIONS[kind])[0] ?? "";
}

/** The name with an extension that its collection accepts: its own, or one of the media type. */
export function withAcceptedExtension(collection: Collection, name: string, type: string | null): string {
  const known = KINDS[collection].flatMap((kind) => Object.entries(EXTENSIONS[kind]));
  if (known.some(([extension]) => extension === extensionOf(name))) return name;
  const fitting = known.find(([, contentType]) => contentType === type) ?? known[0];
  return `${name.replace(/\.[^.]*$/, "")}.${fitting?.[0] ?? ""}`;
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1).toLowerCase();
}

function misplaced(name: string, kinds: readonly Kind[]): FormatError {
  const paths = new Set(kinds.map((kind) => KIND_NAMES[kind].paths));
  return new FormatError(`this is ${name}; upload it to ${[...paths].join(" or ")}`);
}
