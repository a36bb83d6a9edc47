import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, type Log, Miniflare, type V4MiniflareOptions } from "miniflare";
import type { BundledWorkers, WorkerName } from "../../../scripts/packages/server-bundles.ts";

/** Where the build wrote the Workers: the folder of this file. */
const dist = fileURLToPath(new URL(".", import.meta.url));

export const bundled = JSON.parse(await readFile(join(dist, "workers.json"), "utf8")) as BundledWorkers;

/** What a process of workerd needs. */
export interface ProcessOptions {
  /** The Workers of the process. The first one answers requests. */
  workers: readonly { name: WorkerName; bindings?: Record<string, string> }[];
  /** 0 for any free port. */
  port: number;
  /** Where processes find each other's Workers. */
  registry: string;
  /** Where the Workers store their data; null if they have none. */
  state: string | null;
  log: Log;
  onLine: (line: string, level: string) => void;
}

/** Starts Workers in a process of their own. `ready` of the result resolves when they accept calls. */
export async function startWorkers({
  workers,
  port,
  registry,
  state,
  log,
  onLine,
}: ProcessOptions): Promise<Miniflare> {
  const options = await Promise.all(workers.map(({ name, bindings }) => workerOptions(name, bindings ?? {})));
  return construct({
    host: "127.0.0.1",
    port,
    // The service asks nothing about this machine's location, so Miniflare need not ask for it.
    cf: false,
    log,
    unsafeDevRegistryPath: registry,
    ...(state === null ? {} : { resourcePersistencePath: state }),
    unsafeTriggerHandlers: false,
    handleStructuredLogs: ({ message, level }) => onLine(message, level),
    workers: options,
  } as V4MiniflareOptions);
}

/** A Miniflare that has only the service's database, to use it beside a running service. */
export function openDatabase(state: string, log: Log): Miniflare {
  return construct({
    ...{ cf: false, log, resourcePersistencePath: state, modules: true },
    script: "export default { fetch: () => new Response(null, { status: 404 }) };",
    d1Databases: bundled.workers.api.options.d1Databases as Record<string, { id: string }>,
  } as V4MiniflareOptions);
}

/**
 * Creates a Miniflare that leaves signals to this program: its own listeners end the process at once. Its processes still
 * end with this process.
 */
function construct(options: V4MiniflareOptions): Miniflare {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  for (const [index, signal] of signals.entries()) {
    const added = process.listeners(signal).filter((listener) => !before[index]?.includes(listener));
    for (const listener of added) process.removeListener(signal, listener);
  }
  return miniflare;
}

async function workerOptions(name: WorkerName, bindings: Record<string, string>) {
  const { options, modules } = bundled.workers[name];
  const root = join(dist, name);
  return {
    ...options,
    rootPath: root,
    modulesRoot: root,
    modules: await Promise.all(
      modules.map(async ({ type, file, from }) => ({
        type,
        path: join(root, file),
        ...(from === undefined ? {} : { contents: await readFile(new URL(import.meta.resolve(from))) }),
      })),
    ),
    bindings: { ...(options.bindings as Record<string, string> | undefined), ...bindings },
    ...(name === "api" ? { assets: { ...(options.assets as object), directory: join(dist, "public") } } : {}),
  };
}
