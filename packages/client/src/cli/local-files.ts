import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname } from "node:path";
import type { Edgereel } from "../edgereel.ts";
import type { Collection, UploadedFile } from "../types.ts";
import type { CommandContext, GlobalOptions } from "./context.ts";
import { UsageError } from "./exit-codes.ts";
import { progressOn } from "./progress.ts";

/** Whether a path is a file of this machine. */
export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

/** Uploads a file of this machine and shows the progress. */
export async function uploadPath(
  client: Edgereel,
  path: string,
  { name = basename(path), collection }: { name?: string | undefined; collection?: Collection | undefined },
  context: CommandContext,
  options: GlobalOptions,
): Promise<UploadedFile> {
  if (!(await isFile(path))) throw new UsageError(`${path}: there is no such file`);
  const progress = progressOn(context, options);
  try {
    return await client.upload(await openAsBlob(path), {
      name,
      collection,
      signal: context.signal,
      onProgress: ({ sent, total }) => progress.show(total === 0 ? 1 : sent / total, `uploading ${basename(path)}`),
    });
  } finally {
    progress.end();
  }
}

/**
 * The name by which a request refers to a file: a URL and the name of an uploaded file as they are; a file of this machine
 * after its upload. Its name in the service has a part of its hash, so that it replaces no other file of that name, and the
 * same file is uploaded once.
 */
export async function nameForRequest(
  client: Edgereel,
  value: string,
  collection: Collection,
  context: CommandContext,
  options: GlobalOptions,
): Promise<string> {
  if (/^https?:\/\//.test(value)) return value;
  const stored = await client.listFiles(collection, { signal: context.signal });
  if (!(await isFile(value))) {
    if (stored.some(({ file }) => file === value)) return value;
    throw new UsageError(`${value}: is neither a file of this machine, nor a URL, nor the name of an uploaded file`);
  }
  const extension = extname(value);
  const name = `${basename(value, extension)}-${await shortHash(value)}${extension}`;
  const same = stored.find((file) => file.name === name.normalize("NFC"));
  return (same ?? (await uploadPath(client, value, { name, collection }, context, options))).file;
}

async function shortHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex").slice(0, 8);
}
