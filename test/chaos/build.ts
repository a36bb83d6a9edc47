import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleWorker, readMigrations, workerOptions } from "../../scripts/worker-bundles.ts";

type WorkerOptions = ReturnType<typeof ownOptions>;

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
  await bundleWorker(["test/chaos/worker/index.ts"], folder, join(folder, "logs"));
  const config: HostConfig = {
    bundle: join(folder, "index.js"),
    options: ownOptions("wrangler.toml"),
    wasm: also.wasm ? await buildWasm(folder) : null,
    author: also.author ? await buildAuthor(folder) : null,
    migrations: (await readMigrations()).flatMap(({ statements }) => statements),
  };
  const path = join(folder, "host.json");
  await writeFile(path, JSON.stringify(config));
  return path;
}

async function buildAuthor(folder: string): Promise<HostConfig["author"]> {
  const root = join(folder, "author-worker");
  await bundleWorker(["-c", "author/wrangler.toml"], root, join(folder, "logs"));
  return { name: "edgereel-author", options: ownOptions("author/wrangler.toml"), bundle: join(root, "index.js") };
}

async function buildWasm(folder: string): Promise<HostConfig["wasm"]> {
  const root = join(folder, "wasm-worker");
  await bundleWorker(["-c", "wasm/wrangler.toml"], root, join(folder, "logs"));
  const core = (await readdir(root)).find((name) => name.endsWith(".wasm"));
  if (core === undefined) throw new Error("the bundle has no ffmpeg.wasm");
  return {
    name: "edgereel-wasm",
    options: ownOptions("wasm/wrangler.toml"),
    root,
    modules: [
      { type: "ESModule", path: join(root, "index.js") },
      { type: "CompiledWasm", path: join(root, core) },
    ],
  };
}

/** Leaves out service bindings, because host.ts connects the Workers itself. */
function ownOptions(config: string) {
  const { serviceBindings: _, ...options } = workerOptions(config);
  return options;
}
