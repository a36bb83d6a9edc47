import type { Collection } from "../api/files.ts";
import type { FileProbe } from "../protocol/file-probe.ts";
import { cleanFileName, FileNameError } from "./file-names.ts";
import { checkKind, FormatError } from "./formats.ts";

/** What a file of each kind is called where nothing better is known. */
const EXTENSIONS: Record<FileProbe["kind"], string> = {
  video: "mp4",
  image: "jpg",
  audio: "mp3",
  font: "ttf",
  subtitles: "srt",
};

/**
 * A name for a fetched file: the one it was sent with (`Content-Disposition`), else the last part of
 * its path; with an extension that fits its content, which is what decides. It is for people to read.
 *
 * @throws FormatError where the content is of no kind that the shelf takes.
 */
export function fetchedName(collection: Collection, url: URL, disposition: string | null, probe: FileProbe): string {
  const part = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  const given = [sentName(disposition), decoded(part), part].flatMap((text) => clean(text));
  const fitting = given.find((name) => fits(collection, name, probe));
  if (fitting !== undefined) return fitting;
  const stem = (given[0] ?? "file").replace(/\.[^.]*$/, "");
  const name = `${stem}.${EXTENSIONS[probe.kind]}`;
  checkKind(collection, name, probe);
  return name;
}

/** The plain form of RFC 6266 or the extended one of RFC 8187. */
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

/** The name as an upload's would be kept; none where it is not one. */
function clean(text: string): string[] {
  try {
    return [cleanFileName(/\.[^.]+$/.test(text) ? text : `${text}.bin`)];
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
