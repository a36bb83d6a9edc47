import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { freePort } from "../../../scripts/free-port.ts";
import { startEmbeddedWorkers, startRenderServer } from "../../../scripts/service.ts";
import { rendererUnderTest } from "../renderers-under-test.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The registry of the embedded Workers that services may share. */
    workerRegistry: string;
    /** The address and token of a render server that services may share; null if the tests render with ffmpeg.wasm. */
    renderServer: { url: string; token: string } | null;
  }
}

/**
 * Starts the embedded voice and the renderer under test once for all services. ffmpeg.wasm and the voice have to
 * compile 54 MB. They share a process, so that wrangler starts only once.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-workers-"));
  const registry = join(folder, "registry");
  const printed: string[] = [];
  const onLine = (line: string) => printed.push(line);
  const names = rendererUnderTest === "wasm" ? (["wasm", "voice"] as const) : (["voice"] as const);
  const workers = await startEmbeddedWorkers([names], { registry, state: folder, onLine });
  let renderServer: { url: string; token: string } | null = null;
  if (rendererUnderTest === "native") {
    const port = String(await freePort());
    renderServer = { url: `http://127.0.0.1:${port}`, token: "a token for tests only" };
    const settings = { PORT: port, RENDERER_TOKEN: renderServer.token, SCRATCH_DIR: join(folder, "render") };
    workers.push(startRenderServer(settings, onLine));
  }
  project.provide("renderServer", renderServer);
  project.provide("workerRegistry", registry);
  void Promise.all(workers.map(({ ready }) => ready)).then(() => writeFile(readyFile(registry), ""));
  let stopping = false;
  const ended = workers.map(async (worker) => {
    const code = await worker.ended;
    if (!stopping) console.error(`the process ${worker.name} ended with code ${code}:\n${printed.join("\n")}`);
  });
  return async () => {
    stopping = true;
    for (const worker of workers) worker.stop();
    await Promise.all(ended);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** Waits until the shared Workers accept calls. Tests do not wait for them while they start. */
export async function sharedWorkersReady(registry: string): Promise<void> {
  while (!existsSync(readyFile(registry))) await sleep(100);
}

/** A file that exists once the Workers of a registry accept calls. */
const readyFile = (registry: string) => join(dirname(registry), "ready");
