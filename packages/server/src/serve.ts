import { rm } from "node:fs/promises";
import { join } from "node:path";
import getPort from "get-port";
import { Log, LogLevel, type Miniflare } from "miniflare";
import {
  allowLocalProviders,
  authorSettings,
  describeAuthor,
  localOllamaModels,
} from "../../../scripts/author-worker.ts";
import { configSchema } from "../../../src/config/config.ts";
import { type ServeArguments, UsageError } from "./arguments.ts";
import { startWorkers } from "./bundled-workers.ts";
import {
  lockDataFolder,
  newLinkSecret,
  newWebhookSecret,
  openDataFolder,
  readOrCreateSecret,
  STATE,
} from "./data-folder.ts";
import { migrateState } from "./migrate.ts";
import { startRenderServer } from "./render-server.ts";

/** How often the sweeps run, as the API Worker's cron trigger in wrangler.toml says. */
const SWEEP_MILLISECONDS = 3_600_000;

/** A running service. */
interface Service {
  /** Resolves with a message if the service cannot go on. */
  failed: Promise<string>;
  /** Ends all processes. What tasks have done is stored; they go on at the next start. */
  stop(): Promise<void>;
}

/**
 * `edgereel-server serve`: runs a service until the signal aborts.
 *
 * @returns the exit code.
 */
export async function serve(options: ServeArguments, signal: AbortSignal): Promise<number> {
  const { port, data } = options;
  if ((await getPort({ port, host: "127.0.0.1" })) !== port) {
    throw new UsageError(`port ${port} is in use; choose another with --port`);
  }
  const folder = await openDataFolder(data);
  const release = await lockDataFolder(folder);
  try {
    console.log("Starting the service, its renderer and its voice …");
    const service = await start(options, folder, signal);
    const aborted = new Promise<null>((resolve) => {
      if (signal.aborted) resolve(null);
      signal.addEventListener("abort", () => resolve(null), { once: true });
    });
    const failure = await Promise.race([service.failed, aborted]);
    if (failure !== null) console.error(`edgereel-server: ${failure}`);
    await service.stop();
    if (failure === null) console.log("Stopped. Unfinished tasks go on at the next start.");
    return failure === null ? 0 : 1;
  } finally {
    await release();
  }
}

async function start(options: ServeArguments, folder: string, signal: AbortSignal): Promise<Service> {
  const { port, native, verbose } = options;
  const author = allowLocalProviders(authorSettings(process.env));
  const vars = await settings(options, folder);
  const registry = join(folder, "registry");
  // A killed Worker leaves its old address in the registry.
  await rm(registry, { recursive: true, force: true });
  const log = new Log(verbose ? LogLevel.INFO : LogLevel.ERROR);
  const onLine = (line: string, level: string) => {
    if (verbose || level === "error") console.error(line);
  };
  const processes: Miniflare[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    await Promise.all([...stops.map((end) => end()), ...processes.map((workers) => workers.dispose())]);
  };
  let failed = new Promise<string>(() => {});
  try {
    if (native) {
      const renderer = await startRenderServer(verbose);
      Object.assign(vars, { RENDERER_URL: renderer.origin, RENDERER_TOKEN: renderer.token });
      stops.push(renderer.stop);
      failed = renderer.failed;
    }
    // Rendering and speaking block their process. These take longest to start: they compile tens of megabytes.
    const shared = { registry, log, onLine };
    const own = [...(vars.RENDERER_URL ? [] : ["wasm" as const]), "voice" as const];
    for (const name of own) {
      processes.push(await startWorkers({ ...shared, workers: [{ name }], port: 0, state: null }));
    }
    // Before the API Worker, so that it answers no request without a database.
    await migrateState(join(folder, STATE), log);
    const api = await startWorkers({
      ...{ ...shared, port, state: join(folder, STATE) },
      workers: [
        { name: "api", bindings: vars },
        { name: "author", bindings: author },
      ],
    });
    processes.push(api);
    // Miniflare starts a process again that has ended.
    await Promise.all(processes.map((workers) => workers.ready));
    if (!signal.aborted) await announce(options, folder, vars, author);
    const sweep = setInterval(() => void runSweeps(api), SWEEP_MILLISECONDS);
    stops.push(async () => clearInterval(sweep));
    return { failed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The settings of the API Worker: those of the environment, and secrets that stay the same from run to run. */
async function settings({ auth }: ServeArguments, folder: string): Promise<Record<string, string>> {
  const { env } = process;
  const names = Object.keys(configSchema.shape);
  const vars = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  // Only this machine can reach the service.
  vars.AUTH = auth ? "on" : (vars.AUTH ?? "off");
  vars.WEBHOOK_SECRET ??= await readOrCreateSecret(join(folder, "webhook-secret"), newWebhookSecret);
  if (vars.AUTH === "on") vars.LINK_SECRETS ??= await readOrCreateSecret(join(folder, "link-secret"), newLinkSecret);
  const checked = configSchema.safeParse(vars);
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
    throw new UsageError(`these settings in the environment are wrong:\n${problems.join("\n")}`);
  }
  return vars;
}

async function announce(
  { port, native, data }: ServeArguments,
  folder: string,
  vars: Record<string, string>,
  author: Record<string, string>,
): Promise<void> {
  const address = `http://localhost:${port}`;
  const embedded = vars.RENDERER_URL ? "the render servers in RENDERER_URL" : "ffmpeg.wasm";
  const keys = `edgereel-server keys create --owner NAME${data === null ? "" : ` --data ${data}`}`;
  const ollama = author.LLM_BASE_URL === undefined ? await localOllamaModels() : null;
  console.log(`
Edgereel is ready.
  Studio         ${address}/
  API            ${address}/api/v1
  API reference  ${address}/docs
  MCP            ${address}/mcp
  Renderer       ${native ? "this machine's ffmpeg" : embedded}
${describeAuthor(author, ollama, "edgereel serve").join("\n")}
  API keys       ${vars.AUTH === "on" ? `required; make one with: ${keys}` : "not required"}
  Data           ${folder}
  Webhooks       signed with the secret in ${process.env.WEBHOOK_SECRET ? "WEBHOOK_SECRET" : join(folder, "webhook-secret")}
Stop with Ctrl-C.
`);
}

/** Runs the sweeps, which repair what crashes left behind. A sweep that fails is run again an hour later. */
async function runSweeps(api: Miniflare): Promise<void> {
  try {
    const worker = await api.getWorker("edgereel");
    await worker.scheduled({ cron: "17 * * * *" });
  } catch (error) {
    console.error(`edgereel-server: the sweeps failed: ${String(error)}`);
  }
}
