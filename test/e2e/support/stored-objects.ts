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

/** The SHA-256 that D1 has of the current file of a name; null if there is none. Reads Miniflare's own files. */
export function storedSha256(state: string, name: string): string | null {
  const folder = join(state, "v3/d1/miniflare-D1DatabaseObject");
  for (const file of readdirSync(folder).filter((entry) => /^[0-9a-f]{64}\.sqlite$/.test(entry))) {
    using database = new DatabaseSync(join(folder, file), { readOnly: true });
    const row = database.prepare("SELECT sha256 FROM media WHERE name = ? AND superseded_at IS NULL").get(name);
    if (row) return String(row.sha256);
  }
  return null;
}
