import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** An object in the local R2 bucket. */
export interface StoredObject {
  key: string;
  /** Path of the file with the bytes. Objects from multipart uploads have no such file. */
  path: string;
}

/** The objects with a key prefix in the local R2 bucket. Reads Miniflare's own files. */
export function storedObjects(state: string, prefix: string): StoredObject[] {
  const folder = join(state, "v3/r2/miniflare-R2BucketObject");
  const files = readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
  if (files.length === 0) throw new Error(`there is no bucket in ${folder}`);
  return files.flatMap((file) => {
    using database = new DatabaseSync(join(folder, file), { readOnly: true });
    const rows = database
      .prepare("SELECT key, blob_id FROM _mf_objects WHERE key >= ? AND key < ?")
      .all(prefix, `${prefix}\uffff`);
    return rows.map(({ key, blob_id }) => ({
      key: String(key),
      path: join(state, "v3/r2/edgereel-media/blobs", String(blob_id)),
    }));
  });
}

/** The keys that {@link storedObjects} finds. */
export function storedKeys(state: string, prefix: string): string[] {
  return storedObjects(state, prefix).map(({ key }) => key);
}
