import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, type V4MiniflareOptions } from "miniflare";
import { bundleWorker, workerOptions } from "../../../scripts/worker-bundles.ts";

/** The configuration of each Worker, and the name by which the others find it. */
const WORKERS = {
  api: { config: "wrangler.toml", name: "edgereel" },
  author: { config: "author/wrangler.toml", name: "edgereel-author" },
  wasm: { config: "wasm/wrangler.toml", name: "edgereel-wasm" },
  voice: { config: "voice/wrangler.toml", name: "edgereel-voice" },
} as const;

export type WorkerName = keyof typeof WORKERS;

/** A Worker to start: `bindings` are its settings. `alias` replaces its name where several processes have the same Worker. */
export interface StartedWorker {
  worker: WorkerName;
  bindings?: Record<string, string>;
  alias?: string;
}

/** Bundles Workers into folders below `folder`, as a deploy does. */
export async function bundleWorkers(names: readonly WorkerName[], folder: string): Promise<void> {
  await Promise.all(
    names.map((name) => bundleWorker(["-c", WORKERS[name].config], join(folder, name), join(folder, "logs", name))),
  );
}

/**
 * Starts bundled Workers in one process of workerd. It has the bindings of their configurations, and starts with a
 * fraction of the CPU time of `wrangler dev`.
 *
 * @param folder that of {@link bundleWorkers}.
 * @param port of the first Worker; 0 for any.
 * @param state a folder for D1, R2 and Durable Objects, used as `wrangler dev --persist-to` uses it.
 * @param registry where processes find each other's Workers.
 */
export async function startBundledWorkers(
  workers: readonly StartedWorker[],
  { folder, port, state, registry }: { folder: string; port: number; state: string; registry: string },
  onLine: (line: string) => void,
): Promise<Miniflare> {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port,
      resourcePersistencePath: join(state, "v3"),
      unsafeDevRegistryPath: registry,
      cf: false,
      handleStructuredLogs: ({ message }: { message: string }) => onLine(message),
      workers: await Promise.all(workers.map((started) => options(started, join(folder, started.worker)))),
    } as V4MiniflareOptions),
  );
  await miniflare.ready;
  return miniflare;
}

/** What a Worker's wrangler.toml says. Wrangler prints which files it reads, unless told not to. */
function quietOptions(config: string): ReturnType<typeof workerOptions> {
  const { WRANGLER_LOG: before } = process.env;
  process.env.WRANGLER_LOG = "warn";
  try {
    return workerOptions(config);
  } finally {
    if (before === undefined) delete process.env.WRANGLER_LOG;
    else process.env.WRANGLER_LOG = before;
  }
}

async function options({ worker, bindings, alias }: StartedWorker, root: string) {
  const { config, name } = WORKERS[worker];
  const configured = quietOptions(config);
  const wasm = (await readdir(root)).filter((file) => file.endsWith(".wasm"));
  return {
    ...configured,
    name: alias ?? name,
    modulesRoot: root,
    modules: [
      { type: "ESModule", path: join(root, "index.js") },
      ...wasm.map((file) => ({ type: "CompiledWasm", path: join(root, file) })),
    ],
    bindings: { ...(configured.bindings as object | undefined), AUTH: "off", ...bindings },
  };
}
