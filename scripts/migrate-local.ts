// Applies the D1 migrations to the local database in .wrangler/state before `npx wrangler dev` starts. wrangler.toml's
// [build] runs it. It does nothing in other commands, such as deploy, and in `npm run dev`, which migrates by itself.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isMigrated, markMigrated } from "./local-database.ts";

const root = new URL("../", import.meta.url);
const state = fileURLToPath(new URL(".wrangler/state", root));

if (process.env.WRANGLER_COMMAND === "dev" && !process.env.SKIP_LOCAL_MIGRATIONS) {
  // wrangler runs [build] again for each changed source file, while it has the database open.
  if (!(await isMigrated(state))) {
    applyMigrations();
    await markMigrated(state);
  }
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
