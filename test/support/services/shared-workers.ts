import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { freePort } from "../../../scripts/free-port.ts";
import { type RunningProcess, startRenderServer } from "../../../scripts/service.ts";
import { rendererUnderTest } from "../renderers-under-test.ts";
import { bundleWorkers, startBundledWorkers } from "./bundled-workers.ts";

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
 * compile 54 MB. They share a process.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-workers-"));
  const registry = join(folder, "registry");
  const printed: string[] = [];
  const onLine = (line: string) => printed.push(line);
  const embedded = startEmbedded(folder, registry, onLine).catch((error: unknown) => {
    console.error("the embedded Workers did not start:", error, printed.join("\n"));
    return null;
  });
  let server: RunningProcess | null = null;
  let renderServer: { url: string; token: string } | null = null;
  if (rendererUnderTest === "native") {
    const port = String(await freePort());
    renderServer = { url: `http://127.0.0.1:${port}`, token: "a token for tests only" };
    const settings = { PORT: port, RENDERER_TOKEN: renderServer.token, SCRATCH_DIR: join(folder, "render") };
    server = startRenderServer(settings, onLine);
  }
  project.provide("renderServer", renderServer);
  project.provide("workerRegistry", registry);
  void Promise.all([embedded, server?.ready]).then(([started]) => started && writeFile(readyFile(registry), ""));
  let stopping = false;
  const ended = server?.ended.then((code) => {
    if (!stopping) console.error(`the render server ended with code ${code}:\n${printed.join("\n")}`);
  });
  return async () => {
    stopping = true;
    server?.stop();
    await Promise.all([ended, embedded.then((started) => started?.dispose())]);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

async function startEmbedded(folder: string, registry: string, onLine: (line: string) => void) {
  const names = rendererUnderTest === "wasm" ? (["wasm", "voice"] as const) : (["voice"] as const);
  const bundles = join(folder, "bundles");
  await bundleWorkers(names, bundles);
  const workers = names.map((worker) => ({ worker }));
  return startBundledWorkers(workers, { folder: bundles, port: 0, state: join(folder, "embedded"), registry }, onLine);
}

/** Waits until the shared Workers accept calls. Tests do not wait for them while they start. */
export async function sharedWorkersReady(registry: string): Promise<void> {
  while (!existsSync(readyFile(registry))) await sleep(100);
}

/** A file that exists once the Workers of a registry accept calls. */
const readyFile = (registry: string) => join(dirname(registry), "ready");
