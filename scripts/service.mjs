// Starts the whole service on this machine: the API Worker and the ffmpeg.wasm Worker, each in a
// process of its own, so that the API answers while a render blocks the other.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");

/**
 * @typedef {object} ServiceOptions
 * @property {number} port where the API listens, on 127.0.0.1
 * @property {string} state folder for D1, R2 and Durable Objects
 * @property {Record<string, string>} [vars] settings, over those in wrangler.toml
 * @property {(line: string, from: "api" | "wasm") => void} [onLine] gets what the processes print
 *
 * @typedef {object} Service
 * @property {string} origin
 * @property {Promise<never>} failed rejects when a process ends by itself
 * @property {() => Promise<void>} stop
 * @property {() => void} kill ends everything at once, as a crash would
 *
 * @param {ServiceOptions} options
 * @returns {Promise<Service>}
 */
export async function startService({ port, state, vars = {}, onLine = () => {} }) {
  const env = {
    ...process.env,
    // A registry of its own: two checkouts on one machine must not find each other's Workers.
    WRANGLER_REGISTRY_PATH: join(state, "registry"),
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_LOG_PATH: join(state, "logs"),
    WRANGLER_HIDE_BANNER: "true",
    NO_COLOR: "1",
  };
  const persist = ["--persist-to", state];
  const start = (name, args) => run(name, [process.execPath, wrangler, ...args], env, onLine);

  const migrate = start("api", ["d1", "migrations", "apply", "DB", "--local", ...persist]);
  const wasm = start("wasm", ["dev", "-c", "wasm/wrangler.toml", "--port", "0", "--inspector-port", "0", ...persist]);
  const migrated = await migrate.ended;
  if (migrated !== 0) {
    wasm.kill();
    throw new Error("the database migrations failed");
  }
  const settings = Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]);
  const api = start("api", ["dev", "--port", String(port), "--inspector-port", "0", ...persist, ...settings]);

  const processes = [wasm, api];
  let stopping = false;
  const failed = Promise.race(
    processes.map(async ({ name, ended }) => {
      const code = await ended;
      if (!stopping) throw new Error(`the ${name} process ended with code ${code}`);
      return new Promise(() => {});
    }),
  );
  failed.catch(() => {});
  const finish = (how) => {
    stopping = true;
    for (const process of processes) process[how]();
  };
  const service = {
    origin: `http://127.0.0.1:${port}`,
    failed,
    kill: () => finish("kill"),
    stop: async () => {
      finish("stop");
      await Promise.all(processes.map(({ ended }) => ended));
    },
  };
  try {
    await Promise.race([failed, Promise.all([answers(service.origin), wasm.ready])]);
  } catch (error) {
    finish("kill");
    throw error;
  }
  return service;
}

function run(name, command, env, onLine) {
  const child = spawn(process.execPath, [join(root, "scripts/supervised.mjs"), ...command], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let isReady = () => {};
  const ready = new Promise((resolve) => {
    isReady = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (line.includes("Ready on")) isReady();
      onLine(line, name);
    });
  }
  return {
    name,
    ready,
    ended: once(child, "exit").then(([code]) => code ?? 1),
    stop: () => child.kill("SIGTERM"),
    kill: () => child.connected && child.disconnect(),
  };
}

async function answers(origin) {
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
