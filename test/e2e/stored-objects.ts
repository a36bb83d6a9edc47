import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The keys below a prefix in the local R2 bucket, read from the files in which Miniflare keeps it. */
export function storedKeys(state: string, prefix: string): string[] {
  const folder = join(state, "v3/r2/miniflare-R2BucketObject");
  const files = readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
  if (files.length === 0) throw new Error(`there is no bucket in ${folder}`);
  return files.flatMap((file) => {
    using database = new DatabaseSync(join(folder, file), { readOnly: true });
    const rows = database
      .prepare("SELECT key FROM _mf_objects WHERE key >= ? AND key < ?")
      .all(prefix, `${prefix}\uffff`);
    return rows.map((row) => String(row.key));
  });
}
