import type { Collection } from "../api/files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import { FileNameError, normalizeFileName } from "./file-names.ts";
import { checkContent, extensionFits, usualExtension } from "./formats.ts";

/**
 * Chooses a name for a fetched file, to show to people: the name in `Content-Disposition`, or else the last part of the
 * URL's path. Its extension is replaced if it does not match the content.
 *
 * @throws FormatError if the collection does not accept the content.
 */
export function fetchedName(collection: Collection, url: URL, disposition: string | null, probe: FileProbe): string {
  checkContent(collection, lastPart(url) || "the file", probe);
  const given = namesOf(url, disposition);
  const fitting = given.find((name) => extensionFits(name, probe));
  if (fitting !== undefined) return fitting;
  const stem = (given[0] ?? "file").replace(/\.[^.]*$/, "");
  return `${stem}.${usualExtension(probe)}`;
}

/** The names that a link suggests for its file, the best first: what its host sent, then the last part of its path. */
export function namesOf(url: URL, disposition: string | null): string[] {
  return [sentName(disposition), decoded(lastPart(url)), lastPart(url)].flatMap((text) => clean(text));
}

function lastPart({ pathname }: URL): string {
  return pathname.slice(pathname.lastIndexOf("/") + 1);
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
