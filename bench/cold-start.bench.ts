import { cp, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { execute } from "../test/e2e/support/programs.ts";
import { cpuSeconds } from "./cpu-time.ts";
import { percentile } from "./service.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 12);
/** Answers the API Worker's question whether the renderer is there. */
const RENDERER = `
  import { WorkerEntrypoint } from "cloudflare:workers";
  export class WasmRenderer extends WorkerEntrypoint { ping() { return true; } }
  export default { fetch: () => new Response() };`;

/** A version of the API Worker, ready to start. */
interface Version {
  name: string;
  options: V4MiniflareOptions;
}

/** What one start took until the first answer of `/health`. */
interface Start {
  /** CPU of workerd. */
  cpuMs: number;
  wallMs: number;
}

/**
 * Compares the start of this version with that of version 0.1.0: a new process of workerd, with an empty memory, until
 * `/health` has answered. The versions take turns.
 */
export async function bench(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-cold-start-"));
  try {
    const base = await checkout(process.env.BENCH_BASE ?? (await firstVersion()), join(folder, "base"));
    const versions = [await prepare("0.1.0", base, folder), await prepare("now", root, folder)];
    const starts = new Map(versions.map(({ name }) => [name, [] as Start[]]));
    for (let round = 0; round < ROUNDS; round++) {
      const turn = round % 2 === 0 ? versions : versions.toReversed();
      for (const version of turn) starts.get(version.name)?.push(await start(version));
    }
    const median = (name: string, of: keyof Start) => percentile(starts.get(name)?.map((one) => one[of]) ?? [], 0.5);
    for (const { name } of versions) {
      const [cpu, wall] = [median(name, "cpuMs"), median(name, "wallMs")];
      console.log(
        `${name}: CPU ${cpu.toFixed(0)} ms, wall ${wall.toFixed(0)} ms until the first answer (medians of ${ROUNDS})`,
      );
    }
    const ratio = (of: keyof Start) => (median("now", of) / median("0.1.0", of)).toFixed(2);
    console.log(`now to 0.1.0: CPU ${ratio("cpuMs")}, wall ${ratio("wallMs")}`);
  } finally {
    await execute("git", ["worktree", "prune"], { cwd: root });
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The last commit of version 0.1.0. */
async function firstVersion(): Promise<string> {
  const args = ["log", "--reverse", "--format=%H", '-S"version": "0.2.0"', "--", "package.json"];
  const [commit = ""] = (await execute("git", args, { cwd: root })).stdout.split("\n");
  if (commit === "") throw new Error("the history has no version 0.1.0; name a commit in BENCH_BASE");
  return `${commit}^`;
}

/** Checks out a commit and installs its packages. BENCH_BASE may be a folder in which this is done already. */
async function checkout(commit: string, folder: string): Promise<string> {
  if (commit.startsWith("/")) return commit;
  console.log(`Installing ${commit.slice(0, 12)} …`);
  await execute("git", ["worktree", "add", "--detach", folder, commit], { cwd: root });
  await execute("npm", ["ci", "--silent", "--prefer-offline"], { cwd: folder });
  return folder;
}

/** Bundles a version as a deploy does, and gives it a database. */
async function prepare(name: string, source: string, folder: string): Promise<Version> {
  const bundle = join(folder, name);
  const wrangler = ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--containers-rollout=none"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: join(folder, "logs") };
  await execute(process.execPath, [...wrangler, "--outdir", bundle], { cwd: source, env });
  // Own copies, because other services replace files in public/ while they start.
  await mkdir(join(folder, `${name}-public`));
  await cp(join(source, "public/_headers"), join(folder, `${name}-public/_headers`));
  const { serviceBindings: _, ...own } = unstable_getMiniflareWorkerOptions(
    join(source, "wrangler.toml"),
  ).workerOptions;
  const options = {
    host: "127.0.0.1",
    cf: false,
    log: new Log(LogLevel.NONE),
    handleStructuredLogs: () => {},
    resourcePersistencePath: join(folder, `${name}-state`),
    workers: [
      {
        ...own,
        name: "edgereel",
        modules: [{ type: "ESModule", path: join(bundle, "index.js") }],
        modulesRoot: bundle,
        bindings: { ...(own.bindings as object), AUTH: "off", RENDERER: "wasm" },
        assets: { ...(own.assets as object), directory: join(folder, `${name}-public`) },
        serviceBindings: { WASM: { name: "edgereel-wasm", entrypoint: "WasmRenderer" } },
      },
      { name: "edgereel-wasm", modules: true, script: RENDERER, compatibilityDate: own.compatibilityDate },
    ],
  } as unknown as V4MiniflareOptions;
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  const database = await miniflare.getD1Database("DB");
  for (const file of (await readdir(join(source, "migrations"))).filter((each) => each.endsWith(".sql")).sort()) {
    const statements = unstable_splitSqlQuery(await readFile(join(source, "migrations", file), "utf8"));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
  await miniflare.dispose();
  return { name, options };
}

async function start({ name, options }: Version): Promise<Start> {
  const before = cpuSeconds(process.pid) - process.cpuUsage().user / 1e6 - process.cpuUsage().system / 1e6;
  const started = performance.now();
  const miniflare = new Miniflare(convertV4MiniflareOptions(options));
  try {
    const answer = await fetch(new URL("/health", await miniflare.ready));
    const wallMs = performance.now() - started;
    const { user, system } = process.cpuUsage();
    const cpuMs = (cpuSeconds(process.pid) - user / 1e6 - system / 1e6 - before) * 1000;
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    return { cpuMs, wallMs };
  } finally {
    await miniflare.dispose();
  }
}
