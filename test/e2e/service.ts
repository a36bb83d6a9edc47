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
    /** The folder of its D1, R2 and Durable Objects. */
    state: string;
  }
}

/** A small frame and short segments: the tests are about what is made, and not about how long it takes. */
export const SMALL = { WASM_SHORT_SIDE: "240", WASM_SEGMENT_SECONDS: "1" };

/** Starts the real service, both Workers, on a fresh state, for all end-to-end tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-e2e-"));
  const printed: string[] = [];
  const service = await startService({
    port: await getPort(),
    state,
    vars: SMALL,
    onLine: (line, from) => printed.push(`[${from}] ${line}`),
  }).catch((error: unknown) => {
    console.error(printed.join("\n"));
    throw error;
  });
  project.provide("origin", service.origin);
  project.provide("state", state);
  return async () => {
    await service.stop();
    await rm(state, { recursive: true, force: true });
  };
}
