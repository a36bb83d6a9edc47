import type { MediaProbe } from "../render/protocol.ts";

/** The two shelves of uploaded files. */
export type Collection = "video_materials" | "musics";

/** What may be uploaded: by file name extension, and the kind and demuxers its bytes must turn out to be. */
const FORMATS: Record<Collection, Record<string, { kinds: MediaProbe["kind"][]; contentType: string }>> = {
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
  musics: {
    mp3: { kinds: ["audio"], contentType: "audio/mpeg" },
    m4a: { kinds: ["audio"], contentType: "audio/mp4" },
    wav: { kinds: ["audio"], contentType: "audio/wav" },
    ogg: { kinds: ["audio"], contentType: "audio/ogg" },
  },
};

/** A file that is of no accepted format. The message says why. */
export class FormatError extends Error {
  override name = "FormatError";
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
export function checkKind(collection: Collection, name: string, probe: MediaProbe): void {
  const { kinds } = formatOf(collection, name);
  if (!kinds.includes(probe.kind)) {
    throw new FormatError(
      `${name} is named as ${kinds.join(" or ")}, and its content is ${probe.kind} (${probe.format})`,
    );
  }
  if (probe.kind !== "image" && probe.duration <= 0) {
    throw new FormatError(`${name} has no duration: it holds no ${probe.kind} that could be played`);
  }
}

function formatOf(collection: Collection, name: string) {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const formats = FORMATS[collection];
  const format = Object.hasOwn(formats, extension) ? formats[extension] : undefined;
  if (format) return format;
  const other = collection === "musics" ? "video_materials" : "musics";
  const elsewhere = Object.hasOwn(FORMATS[other], extension) ? `; upload it to /api/v1/${other}` : "";
  throw new FormatError(`.${extension} is not accepted here, only ${Object.keys(formats).join(", ")}${elsewhere}`);
}
