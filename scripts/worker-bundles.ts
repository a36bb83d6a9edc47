import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Miniflare's options for a Worker. */
export type WorkerOptions = ReturnType<typeof unstable_getMiniflareWorkerOptions>["workerOptions"];

/**
 * Bundles a Worker into a folder, as a deploy does.
 *
 * @param deployArguments such as `["-c", "wasm/wrangler.toml"]`, relative to the repository.
 * @param logs a folder for wrangler's log.
 */
export async function bundleWorker(deployArguments: string[], outdir: string, logs: string): Promise<void> {
  const wrangler = [join(root, "node_modules/wrangler/bin/wrangler.js"), "deploy", ...deployArguments, "--dry-run"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: logs };
  const args = [...wrangler, "--outdir", outdir, "--containers-rollout=none"];
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
}

/** What a wrangler.toml says, as options of Miniflare. */
export function workerOptions(config: string): WorkerOptions {
  return unstable_getMiniflareWorkerOptions(join(root, config)).workerOptions;
}

/** The migrations of the database, in order, and their SQL statements. */
export async function readMigrations(): Promise<{ name: string; statements: string[] }[]> {
  const names = (await readdir(join(root, "migrations"))).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      statements: unstable_splitSqlQuery(await readFile(join(root, "migrations", name), "utf8")),
    })),
  );
}
