import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../scripts/free-port.ts";
import { type Service, startService } from "../scripts/service.ts";

/** Runs `work` against a service of its own with a fresh state, and ends it afterwards. */
export async function withService<T>(
  work: (service: Service, state: string) => Promise<T>,
  vars: Record<string, string> = {},
  main?: string,
): Promise<T> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-bench-"));
  const service = await startService({ port: await freePort(), state, vars, ...(main ? { main } : {}) });
  try {
    return await work(service, state);
  } finally {
    await service.stop();
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The value below which a share (0 to 1) of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Milliseconds that `call` takes. */
export async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}
