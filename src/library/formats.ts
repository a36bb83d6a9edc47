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

/** What may be uploaded: by file name extension, and the kind and demuxers its bytes must turn out to be. */
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

/** A file that is of no accepted format. The message says why. */
export class FormatError extends CodedError {
  override name = "FormatError";

  constructor(message: string, options?: ErrorOptions) {
    super("unsupported_file", message, options);
  }
}

/**
 * The media type for a file name.
 *
 * @throws FormatError for an extension that the collection does not take.
 */
export function contentTypeFor(collection: Collection, name: string): string {
  return formatOf(collection, name).contentType;
}

/**
 * Checks that a file's content is of the kind its collection takes.
 *
 * @throws FormatError
 */
export function checkKind(collection: Collection, name: string, probe: FileProbe): void {
  const { kinds } = formatOf(collection, name);
  if (!kinds.includes(probe.kind)) {
    throw new FormatError(
      `${name} is named as ${kinds.join(" or ")}, and its content is ${probe.kind}${"format" in probe ? ` (${probe.format})` : ""}`,
    );
  }
  if ((probe.kind === "video" || probe.kind === "audio") && probe.duration <= 0) {
    throw new FormatError(`${name} has no duration: it holds no ${probe.kind} that could be played`);
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
