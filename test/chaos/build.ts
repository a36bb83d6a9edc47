import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { execute } from "../e2e/support/programs.ts";

type WorkerOptions = Omit<ReturnType<typeof unstable_getMiniflareWorkerOptions>["workerOptions"], "serviceBindings">;

/** The input of host.ts: Miniflare's options for the Workers, and the SQL statements that create the database. */
export interface HostConfig {
  bundle: string;
  options: WorkerOptions;
  /** The Worker with ffmpeg.wasm; null to run without it. */
  wasm: {
    name: string;
    options: WorkerOptions;
    root: string;
    modules: { type: "ESModule" | "CompiledWasm"; path: string }[];
  } | null;
  /** The author Worker; null to run without it. */
  author: { name: string; options: WorkerOptions; bundle: string } | null;
  migrations: string[];
}

/**
 * Bundles the Worker under test into a folder, as a deploy does. Returns the path of a {@link HostConfig} file.
 *
 * @param also which other Workers to bundle: the one with ffmpeg.wasm, and the author Worker.
 */
export async function buildWorker(folder: string, also: { wasm: boolean; author: boolean }): Promise<string> {
  await bundle(folder, ["test/chaos/worker/index.ts"], folder);
  const files = (await readdir("migrations")).filter((name) => name.endsWith(".sql")).sort();
  const scripts = await Promise.all(files.map((file) => readFile(join("migrations", file), "utf8")));
  const config: HostConfig = {
    bundle: join(folder, "index.js"),
    options: optionsOf("wrangler.toml"),
    wasm: also.wasm ? await buildWasm(folder) : null,
    author: also.author ? await buildAuthor(folder) : null,
    migrations: scripts.flatMap((script) => unstable_splitSqlQuery(script)),
  };
  const path = join(folder, "host.json");
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function buildAuthor(folder: string): Promise<HostConfig["author"]> {
  const root = join(folder, "author-worker");
  await bundle(folder, ["-c", "author/wrangler.toml"], root);
  return { name: "edgereel-author", options: optionsOf("author/wrangler.toml"), bundle: join(root, "index.js") };
}

async function buildWasm(folder: string): Promise<HostConfig["wasm"]> {
  const root = join(folder, "wasm-worker");
  await bundle(folder, ["-c", "wasm/wrangler.toml"], root);
  const core = (await readdir(root)).find((name) => name.endsWith(".wasm"));
  if (core === undefined) throw new Error("the bundle has no ffmpeg.wasm");
  return {
    name: "edgereel-wasm",
    options: optionsOf("wasm/wrangler.toml"),
    root,
    modules: [
      { type: "ESModule", path: join(root, "index.js") },
      { type: "CompiledWasm", path: join(root, core) },
    ],
  };
}

async function bundle(folder: string, deployArguments: string[], outdir: string): Promise<void> {
  const wrangler = ["node_modules/wrangler/bin/wrangler.js", "deploy", ...deployArguments, "--dry-run"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  await execute(process.execPath, [...wrangler, "--outdir", outdir, "--containers-rollout=none"], { env });
}

/** Leaves out service bindings, because host.ts connects the Workers itself. */
function optionsOf(config: string): WorkerOptions {
  const { serviceBindings: _, ...options } = unstable_getMiniflareWorkerOptions(config).workerOptions;
  return options;
}
