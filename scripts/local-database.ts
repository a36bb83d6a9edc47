import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const root = new URL("../", import.meta.url);

/**
 * True if the local D1 database in a state folder has all migrations. Much faster than to ask wrangler.
 *
 * @param state the folder that `wrangler dev` gets as `--persist-to`.
 */
export async function isMigrated(state: string): Promise<boolean> {
  return (await readFile(stampFile(state), "utf8").catch(() => "")) === (await migrationsHash());
}

/** Records that the local database in a state folder has all migrations. */
export async function markMigrated(state: string): Promise<void> {
  await writeFile(stampFile(state), await migrationsHash());
}

/** Changes with the migrations, and with wrangler.toml, which names the database. */
export async function migrationsHash(): Promise<string> {
  const config = await readFile(new URL("wrangler.toml", root), "utf8");
  const migrations = (await readdir(new URL("migrations/", root))).sort();
  return createHash("sha256")
    .update(JSON.stringify([config, migrations]))
    .digest("hex");
}

/** Lies beside the database, so that it is deleted with the database. */
function stampFile(state: string): string {
  return join(state, "v3/d1/edgereel-migrations");
}
