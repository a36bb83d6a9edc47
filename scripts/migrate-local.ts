// Applies the D1 migrations to the local database in .wrangler/state before `npx wrangler dev` starts. wrangler.toml's
// [build] runs it. It does nothing in other commands, such as deploy, and in `npm run dev`, which migrates by itself.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
/** Lies beside the database, so that it goes when somebody deletes the database. */
const stampFile = new URL(".wrangler/state/v3/d1/edgereel-migrations", root);

if (process.env.WRANGLER_COMMAND === "dev" && !process.env.SKIP_LOCAL_MIGRATIONS) {
  // wrangler runs [build] again for each changed source file, while it has the database open.
  const stamp = await currentStamp();
  if (stamp !== (await readFile(stampFile, "utf8").catch(() => ""))) {
    applyMigrations();
    await writeFile(stampFile, stamp);
  }
}

/** Changes with the list of migrations and with wrangler.toml, which says which database is used. */
async function currentStamp(): Promise<string> {
  const config = await readFile(new URL("wrangler.toml", root), "utf8");
  const migrations = (await readdir(new URL("migrations/", root))).sort();
  return createHash("sha256")
    .update(JSON.stringify([config, migrations]))
    .digest("hex");
}

function applyMigrations(): void {
  const wrangler = fileURLToPath(new URL("node_modules/wrangler/bin/wrangler.js", root));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [wrangler, "d1", "migrations", "apply", "DB", "--local"],
    {
      cwd: fileURLToPath(root),
      encoding: "utf8",
      env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  if (status !== 0) throw new Error(`the migrations of the local database failed:\n${stdout}${stderr}`);
  console.log("The local database has all migrations.");
}
