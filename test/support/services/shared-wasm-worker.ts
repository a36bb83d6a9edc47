import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { startWasmWorker } from "../../../scripts/service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The registry of the ffmpeg.wasm Worker that services may share. */
    wasmRegistry: string;
  }
}

/** Starts one ffmpeg.wasm Worker for all services, because each one has to compile 32 MB. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "edgereel-wasm-"));
  const registry = join(folder, "registry");
  const printed: string[] = [];
  const worker = await startWasmWorker({ registry, state: folder, onLine: (line) => printed.push(line) });
  project.provide("wasmRegistry", registry);
  void worker.ready.then(() => writeFile(readyFile(registry), ""));
  let stopping = false;
  const ended = worker.ended.then((code) => {
    if (!stopping) console.error(`the ffmpeg.wasm Worker ended with code ${code}:\n${printed.join("\n")}`);
  });
  return async () => {
    stopping = true;
    worker.stop();
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** Waits until the shared ffmpeg.wasm Worker accepts calls. Tests do not wait for it while it starts. */
export async function sharedWasmReady(registry: string): Promise<void> {
  while (!existsSync(readyFile(registry))) await sleep(100);
}

/** A file that exists once the Worker of a registry accepts calls. */
const readyFile = (registry: string) => join(dirname(registry), "ready");
