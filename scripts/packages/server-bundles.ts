// What the build of packages/server writes, and what it reads when it starts.

/** The Workers of a service. */
export type WorkerName = "api" | "author" | "wasm" | "voice";

/** A Worker as a deploy bundles it. */
export interface BundledWorker {
  /** Miniflare's options: what the Worker's wrangler.toml says. */
  options: Record<string, unknown>;
  /** The first one is the entry. `from` is the npm package that has the file, which is not copied. */
  modules: { type: "ESModule" | "CompiledWasm"; file: string; from?: string }[];
}

/** The content of `workers.json`. */
export interface BundledWorkers {
  workers: Record<WorkerName, BundledWorker>;
  /** The migrations of the database, in order. */
  migrations: { name: string; statements: string[] }[];
}
