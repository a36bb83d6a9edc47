import type { Collection } from "../api/files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import { FileNameError, normalizeFileName } from "./file-names.ts";
import { checkKind, FormatError } from "./formats.ts";

/** The extension for a file of each kind if no name of the file has a matching extension. */
const DEFAULT_EXTENSIONS: Record<FileProbe["kind"], string> = {
  video: "mp4",
  image: "jpg",
  audio: "mp3",
  font: "ttf",
  subtitles: "srt",
};

/**
 * Chooses a name for a fetched file, to show to people: the name in `Content-Disposition`, or else the last part of the
 * URL's path. The extension always matches the content.
 *
 * @throws FormatError if the collection does not accept the content.
 */
export function fetchedName(collection: Collection, url: URL, disposition: string | null, probe: FileProbe): string {
  const part = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  const given = [sentName(disposition), decoded(part), part].flatMap((text) => clean(text));
  const fitting = given.find((name) => fits(collection, name, probe));
  if (fitting !== undefined) return fitting;
  const stem = (given[0] ?? "file").replace(/\.[^.]*$/, "");
  const name = `${stem}.${DEFAULT_EXTENSIONS[probe.kind]}`;
  checkKind(collection, name, probe);
  return name;
}

/** The file name in `Content-Disposition`: the extended form (RFC 8187) or the plain one (RFC 6266); empty if missing. */
function sentName(disposition: string | null): string {
  const extended = /;\s*filename\*\s*=\s*UTF-8'[^']*'([^;\s]+)/i.exec(disposition ?? "")?.[1];
  if (extended !== undefined) return decoded(extended);
  const plain = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(disposition ?? "");
  return plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2] ?? "";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Cleans a name as for an upload. Returns an empty list if it is not a valid file name. */
function clean(text: string): string[] {
  try {
    return [normalizeFileName(/\.[^.]+$/.test(text) ? text : `${text}.bin`)];
  } catch (error) {
    if (error instanceof FileNameError) return [];
    throw error;
  }
}

function fits(collection: Collection, name: string, probe: FileProbe): boolean {
  try {
    checkKind(collection, name, probe);
    return true;
  } catch (error) {
    if (error instanceof FormatError) return false;
    throw error;
  }
}
