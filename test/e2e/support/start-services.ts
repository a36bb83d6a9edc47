import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../../../scripts/free-port.ts";
import { startService } from "../../../scripts/service.ts";
import { TELLING } from "../../support/webhook-receiver.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Origin of each service under test, and the folder of its D1, R2 and Durable Objects. */
    services: { origin: string; state: string }[];
  }
}

/** Settings for small frames and short segments, which render quickly. */
export const SMALL = { WASM_SHORT_SIDE: "240", WASM_SEGMENT_SECONDS: "1" };

/** Starts one service with both Workers and an empty state for each vitest worker. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await Promise.all(Array.from({ length: project.vitest.config.maxWorkers }, startOne));
  project.provide(
    "services",
    running.map(({ service, state }) => ({ origin: service.origin, state })),
  );
  return async () => {
    await Promise.all(
      running.map(async ({ service, state }) => {
        await service.stop();
        await rm(state, { recursive: true, force: true });
      }),
    );
  };
}

async function startOne() {
  const state = await mkdtemp(join(tmpdir(), "edgereel-e2e-"));
  const printed: string[] = [];
  const service = await startService({
    port: await freePort(),
    state,
    vars: { ...SMALL, ...TELLING, WEBHOOK_RETRY_SECONDS: "0.1,0.1,0.1" },
    onLine: (line, from) => printed.push(`[${from}] ${line}`),
  }).catch((error: unknown) => {
    console.error(printed.join("\n"));
    throw error;
  });
  return { service, state };
}
