import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import getPort from "get-port";
import type { TestProject } from "vitest/node";
import { startService } from "../../scripts/service.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the service under test answers. */
    origin: string;
  }
}

/** Starts the real service, both Workers, on a fresh state, for all end-to-end tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-e2e-"));
  const printed: string[] = [];
  const service = await startService({
    port: await getPort(),
    state,
    onLine: (line, from) => printed.push(`[${from}] ${line}`),
  }).catch((error: unknown) => {
    console.error(printed.join("\n"));
    throw error;
  });
  project.provide("origin", service.origin);
  return async () => {
    await service.stop();
    await rm(state, { recursive: true, force: true });
  };
}
