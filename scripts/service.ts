import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { writeAuthorConfig } from "./author-worker.ts";
import { isMigrated, markMigrated } from "./local-database.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Wrangler and the render server print this when they accept requests. */
const READY = /Ready on|"event":"listening"/;
/** Max lines of output kept per process, for the error message if it ends unexpectedly. */
const MAX_KEPT_LINES = 20;
/** Timeout for the start of the service, in milliseconds. */
const START_TIMEOUT = 120_000;
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");

/** The processes of the service. */
export type ProcessName = "api" | "wasm" | "voice" | "render";

/** A Worker that computes for a long time, with a folder and a wrangler.toml of its own. */
export type EmbeddedWorker = "wasm" | "voice";

/** Receives each line that a process prints. */
export type LineListener = (line: string, from: ProcessName) => void;

export interface ServiceOptions {
  /** The API's port on 127.0.0.1. */
  port: number;
  /** Folder for D1, R2 and Durable Objects. */
  state: string;
  /** Settings. They override those in wrangler.toml and .dev.vars. `AUTH` is off by default. */
  vars?: Record<string, string>;
  /** Entry file of the API Worker. Default: the one in wrangler.toml. */
  main?: string;
  /**
   * Settings of the author Worker (docs/providers.md). It runs in the API Worker's process, because it only waits for
   * other servers. The embedded voice runs with it. By default neither runs.
   */
  author?: Record<string, string>;
  /**
   * The registry of embedded Workers that run already. Several services may share them. By default the service starts its
   * own.
   */
  registry?: string;
  onLine?: LineListener;
}

/** A process of the service that can be stopped alone. */
export interface RunningProcess {
  name: ProcessName;
  /** Resolves when the process says that it is ready. */
  ready: Promise<void>;
  /** Resolves with the exit code. */
  ended: Promise<number>;
  /** The last lines that it printed. */
  lastLines: readonly string[];
  /** Asks the process to end. */
  stop(): void;
  /** Kills the process, like a crash. */
  kill(): void;
  /** Suspends the process and its child processes until `resume()`, like a host that hangs. */
  pause(): void;
  resume(): void;
}

/** A running service. */
export interface Service {
  origin: string;
  /** Rejects when a process ends unexpectedly. */
  failed: Promise<never>;
  stop(): Promise<void>;
  /** Kills every process, like a crash, and waits for their end. */
  kill(): Promise<void>;
}

/**
 * Starts the whole service on this machine. The API Worker and each embedded Worker get their own process, because
 * rendering and speaking block their process.
 *
 * @throws Error if the service does not answer within two minutes.
 */
export async function startService({
  port,
  state,
  vars = {},
  main,
  author,
  registry,
  onLine = () => {},
}: ServiceOptions): Promise<Service> {
  const ownRegistry = join(state, "registry");
  const workers = author ? ([["wasm"], ["voice"]] as const) : ([["wasm"]] as const);
  const embedded = registry ? [] : await startEmbeddedWorkers(workers, { registry: ownRegistry, state, onLine });
  try {
    await migrateState(state, onLine);
  } catch (error) {
    for (const worker of embedded) worker.kill();
    throw error;
  }
  const settings = Object.entries({ AUTH: "off", ...vars }).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const api = startWrangler(
    "api",
    [
      "dev",
      ...(main ? [main] : []),
      ...(author ? ["-c", "wrangler.toml", "-c", await writeAuthorConfig(join(state, "author"), author)] : []),
      // Workers with one name would take each other's place in a shared registry.
      ...(registry ? ["--name", `edgereel-${port}`] : []),
      ...["--port", String(port), "--inspector-port", "0", "--persist-to", state],
      ...settings,
    ],
    { registry: registry ?? ownRegistry, logs: join(state, "logs"), onLine },
  );

  const processes = [...embedded, api];
  let stopping = false;
  const failed = Promise.race(
    processes.map(async ({ name, ended, lastLines }): Promise<never> => {
      const code = await ended;
      if (!stopping) throw new Error(`the ${name} process ended with code ${code}:\n${lastLines.join("\n")}`);
      return new Promise(() => {});
    }),
  );
  failed.catch(() => {});
  const finish = async (how: "stop" | "kill") => {
    stopping = true;
    for (const process of processes) process[how]();
    await Promise.all(processes.map(({ ended }) => ended));
  };
  const origin = `http://127.0.0.1:${port}`;
  try {
    await Promise.race([failed, Promise.all([waitForHealth(origin), ...embedded.map(({ ready }) => ready)])]);
  } catch (error) {
    await finish("kill");
    throw error;
  }
  return { origin, failed, stop: () => finish("stop"), kill: () => finish("kill") };
}

/**
 * Starts embedded Workers. Other Workers find them by their registry.
 *
 * @param processes the Workers of each process. Workers that share a process wait for each other.
 * @param registry the folder of the registry. Two checkouts on one machine must not find each other's Workers, so each
 *   service has its own, unless services share these Workers.
 * @param state a folder for their states. Each process gets its own, because two processes that share one get "database
 *   is locked" errors.
 */
async function startEmbeddedWorkers(
  processes: readonly (readonly [EmbeddedWorker, ...EmbeddedWorker[]])[],
  { registry, state, onLine }: { registry: string; state: string; onLine: LineListener },
): Promise<RunningProcess[]> {
  // A killed Worker leaves its old address in the registry.
  await rm(registry, { recursive: true, force: true });
  return processes.map((workers) => {
    const folder = join(state, workers[0]);
    const configs = workers.flatMap((name) => ["-c", `${name}/wrangler.toml`]);
    const args = ["dev", ...configs, "--port", "0", "--inspector-port", "0", "--persist-to", folder];
    return startWrangler(workers[0], args, { registry, logs: join(folder, "logs"), onLine });
  });
}

/**
 * Applies the migrations that the local D1 database in a state folder lacks.
 *
 * @throws Error with wrangler's last lines if they fail.
 */
export async function migrateState(state: string, onLine: LineListener = () => {}): Promise<void> {
  if (await isMigrated(state)) return;
  const args = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", state];
  const migrate = startWrangler("api", args, { registry: join(state, "registry"), logs: join(state, "logs"), onLine });
  if ((await migrate.ended) !== 0) {
    throw new Error(`the database migrations failed:\n${migrate.lastLines.join("\n")}`);
  }
  await markMigrated(state);
}

function startWrangler(
  name: ProcessName,
  args: string[],
  { registry, logs, onLine }: { registry: string; logs: string; onLine: LineListener },
): RunningProcess {
  const env = {
    ...process.env,
    WRANGLER_REGISTRY_PATH: registry,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: logs,
    WRANGLER_HIDE_BANNER: "true",
    // Wrangler would store a trace of every call on this machine, with the keys in the URLs of providers.
    X_LOCAL_OBSERVABILITY: "false",
    // Wrangler's request for this machine's location is not needed, and slow without a network.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    // `migrateState` applies the migrations.
    SKIP_LOCAL_MIGRATIONS: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
  return startProcess(name, [process.execPath, wrangler, ...args], env, onLine);
}

/**
 * Starts the render server (`container/`) on 127.0.0.1. It uses this machine's ffmpeg.
 *
 * @param settings environment variables of the server; see `container/README.md`.
 */
export function startRenderServer(settings: Record<string, string>, onLine: LineListener = () => {}): RunningProcess {
  return startProcess("render", [process.execPath, "container/src/server.ts"], { ...process.env, ...settings }, onLine);
}

/** Starts a command that ends with this process, even if this process is killed. */
export function startProcess(
  name: ProcessName,
  command: string[],
  env: NodeJS.ProcessEnv,
  onLine: LineListener,
  cwd = root,
): RunningProcess {
  const child = spawn(process.execPath, [join(root, "scripts/supervised.ts"), ...command], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ready = Promise.withResolvers<void>();
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on("line", (line) => {
      if (READY.test(line)) ready.resolve();
      lastLines.push(line);
      if (lastLines.length > MAX_KEPT_LINES) lastLines.shift();
      onLine(line, name);
    });
  }
  return {
    name,
    lastLines,
    ready: ready.promise,
    ended: once(child, "exit").then(([code]) => (code as number | null) ?? 1),
    stop: () => child.kill("SIGTERM"),
    kill: () => {
      if (child.connected) child.disconnect();
    },
    pause: () => child.send("SIGSTOP"),
    resume: () => child.send("SIGCONT"),
  };
}

async function waitForHealth(origin: string): Promise<void> {
  for (let waited = 0; waited < START_TIMEOUT; waited += 200) {
    const healthy = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await sleep(200);
  }
  throw new Error(`${origin} did not answer within two minutes`);
}
