import { CodedError } from "../api/errors.ts";
import type { Collection } from "../api/files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";

interface Format {
  kinds: FileProbe["kind"][];
  contentType: string;
}

const AUDIO: Record<string, Format> = {
  mp3: { kinds: ["audio"], contentType: "audio/mpeg" },
  m4a: { kinds: ["audio"], contentType: "audio/mp4" },
  wav: { kinds: ["audio"], contentType: "audio/wav" },
  ogg: { kinds: ["audio"], contentType: "audio/ogg" },
};

/** The accepted file name extensions of each collection, with the kinds of content that each may have. */
const FORMATS: Record<Collection, Record<string, Format>> = {
  video_materials: {
    mp4: { kinds: ["video"], contentType: "video/mp4" },
    mov: { kinds: ["video"], contentType: "video/quicktime" },
    mkv: { kinds: ["video"], contentType: "video/x-matroska" },
    webm: { kinds: ["video"], contentType: "video/webm" },
    avi: { kinds: ["video"], contentType: "video/x-msvideo" },
    flv: { kinds: ["video"], contentType: "video/x-flv" },
    jpg: { kinds: ["image"], contentType: "image/jpeg" },
    jpeg: { kinds: ["image"], contentType: "image/jpeg" },
    png: { kinds: ["image"], contentType: "image/png" },
    webp: { kinds: ["image"], contentType: "image/webp" },
  },
  musics: AUDIO,
  narrations: AUDIO,
  fonts: {
    ttf: { kinds: ["font"], contentType: "font/ttf" },
    otf: { kinds: ["font"], contentType: "font/otf" },
    ttc: { kinds: ["font"], contentType: "font/collection" },
  },
  subtitles: {
    srt: { kinds: ["subtitles"], contentType: "application/x-subrip; charset=utf-8" },
    vtt: { kinds: ["subtitles"], contentType: "text/vtt; charset=utf-8" },
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
 * The media type for a file name, by its extension.
 *
 * @throws FormatError if the collection does not accept the extension.
 */
export function contentTypeFor(collection: Collection, name: string): string {
  return formatOf(collection, name).contentType;
}

/**
 * Checks that a file's content matches its extension and can be played.
 *
 * @throws FormatError if it does not, or if the collection does not accept the extension.
 */
export function checkKind(collection: Collection, name: string, probe: FileProbe): void {
  const { kinds } = formatOf(collection, name);
  if (!kinds.includes(probe.kind)) {
    throw new FormatError(
      `the extension of ${name} means ${kinds.join(" or ")}, but the content is ${probe.kind}${"format" in probe ? ` (${probe.format})` : ""}`,
    );
  }
  if ((probe.kind === "video" || probe.kind === "audio") && probe.duration <= 0) {
    throw new FormatError(`${name} has no duration, so it contains no playable ${probe.kind}`);
  }
}

function formatOf(collection: Collection, name: string) {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const formats = FORMATS[collection];
  const format = Object.hasOwn(formats, extension) ? formats[extension] : undefined;
  if (format) return format;
  const other = Object.entries(FORMATS).find(([, taken]) => Object.hasOwn(taken, extension))?.[0];
  const elsewhere = other ? `; upload it to /api/v1/${other}` : "";
  throw new FormatError(`.${extension} is not accepted here, only ${Object.keys(formats).join(", ")}${elsewhere}`);
}
