import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { execute } from "../e2e/native.ts";

/** What the host of the API Worker is told: Miniflare's options for it, and the statements that make its database. */
export interface HostConfig {
  bundle: string;
  options: Omit<ReturnType<typeof unstable_getMiniflareWorkerOptions>["workerOptions"], "serviceBindings">;
  migrations: string[];
}

/** Bundles the Worker under test into a folder, as a deploy does. Returns the path of its {@link HostConfig}. */
export async function buildWorker(folder: string): Promise<string> {
  const wrangler = ["node_modules/wrangler/bin/wrangler.js", "deploy", "test/chaos/worker/index.ts", "--dry-run"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  await execute(process.execPath, [...wrangler, "--outdir", folder, "--containers-rollout=none"], { env });
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  // No ffmpeg.wasm: the render server is all that renders here.
  const { serviceBindings: _, ...options } = workerOptions;
  const files = (await readdir("migrations")).filter((name) => name.endsWith(".sql")).sort();
  const scripts = await Promise.all(files.map((file) => readFile(join("migrations", file), "utf8")));
  const config: HostConfig = {
    bundle: join(folder, "index.js"),
    options,
    migrations: scripts.flatMap((script) => unstable_splitSqlQuery(script)),
  };
  const path = join(folder, "host.json");
  await writeFile(path, JSON.stringify(config));
  return path;
}
