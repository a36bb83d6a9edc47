import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** What wrangler and the render server print once they answer. */
const READY = /Ready on|"event":"listening"/;
/** How many lines are kept for when a process ends by itself. */
const LAST_LINES = 20;
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");

/** Which of the service's processes a line comes from. */
export type ProcessName = "api" | "wasm" | "render";

/** Gets what the processes print, line by line. */
export type LineListener = (line: string, from: ProcessName) => void;

export interface ServiceOptions {
  /** Where the API listens, on 127.0.0.1. */
  port: number;
  /** Folder for D1, R2 and Durable Objects. */
  state: string;
  /** Settings, over those in wrangler.toml; `AUTH` is off unless it is among them. */
  vars?: Record<string, string>;
  /** The API Worker's entry, where it is another than wrangler.toml's. */
  main?: string;
  onLine?: LineListener;
}

/** A process of the service that can be stopped alone. */
export interface RunningProcess {
  name: ProcessName;
  /** When it says that it is ready. */
  ready: Promise<void>;
  /** The exit code. */
  ended: Promise<number>;
  /** The last lines that it printed. */
  lastLines: readonly string[];
  /** Tells it to end. */
  stop(): void;
  /** Ends it at once, as a crash would. */
  kill(): void;
  /** Has it and its own processes stand still, as a host that hangs, until they are resumed. */
  pause(): void;
  resume(): void;
}

/** A running service. */
export interface Service {
  origin: string;
  /** Rejects when a process ends by itself. */
  failed: Promise<never>;
  stop(): Promise<void>;
  /** Ends every process at once, as a crash would, and waits until they are gone. */
  kill(): Promise<void>;
}

/**
 * Starts the whole service on this machine: the API Worker and the ffmpeg.wasm Worker, each in a
 * process of its own, so that the API answers while a render blocks the other.
 *
 * @throws Error when it does not answer within two minutes.
 */
export async function startService({
  port,
  state,
  vars = {},
  main,
  onLine = () => {},
}: ServiceOptions): Promise<Service> {
  // A registry of its own: two checkouts on one machine must not find each other's Workers. One that
  // was killed leaves its address there, and the next would go on calling it.
  const registry = join(state, "registry");
  await rm(registry, { recursive: true, force: true });
  const env = {
    ...process.env,
    WRANGLER_REGISTRY_PATH: registry,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: join(state, "logs"),
    WRANGLER_HIDE_BANNER: "true",
    // No look-up of where this machine is: it is of no use here, and slow without a network.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    // The migrations are applied below, to this state folder.
    SKIP_LOCAL_MIGRATIONS: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
  const start = (name: ProcessName, args: string[]) =>
    startProcess(name, [process.execPath, wrangler, ...args], env, onLine);
  const ownInspector = ["--inspector-port", "0"];
  const persist = ["--persist-to", state];

  const migrate = start("api", ["d1", "migrations", "apply", "DB", "--local", ...persist]);
  // A state folder of its own: two processes that open one at once find its databases locked.
  const wasmState = ["--persist-to", join(state, "wasm")];
  const wasm = start("wasm", ["dev", "-c", "wasm/wrangler.toml", "--port", "0", ...ownInspector, ...wasmState]);
  if ((await migrate.ended) !== 0) {
    wasm.kill();
    throw new Error("the database migrations failed");
  }
  const settings = Object.entries({ AUTH: "off", ...vars }).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const api = start("api", [
    "dev",
    ...(main ? [main] : []),
    "--port",
    String(port),
    ...ownInspector,
    ...persist,
    ...settings,
  ]);

  const processes = [wasm, api];
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
    await Promise.race([failed, Promise.all([answers(origin), wasm.ready])]);
  } catch (error) {
    await finish("kill");
    throw error;
  }
  return { origin, failed, stop: () => finish("stop"), kill: () => finish("kill") };
}

/**
 * Starts the render server (`container/`) with this machine's ffmpeg, on 127.0.0.1.
 *
 * @param settings its environment variables: see `container/README.md`.
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
      if (lastLines.length > LAST_LINES) lastLines.shift();
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

async function answers(origin: string): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 200) {
    const healthy = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) }).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) return;
    await sleep(200);
  }
  throw new Error(`${origin} did not answer within two minutes`);
}
