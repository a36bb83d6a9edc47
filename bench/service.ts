import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../scripts/free-port.ts";
import { type Service, type ServiceOptions, startService } from "../scripts/service.ts";

/** Starts a service with an empty state, runs `work` with it, and stops it. */
export async function withService<T>(
  work: (service: Service, state: string) => Promise<T>,
  vars: Record<string, string> = {},
  options: Pick<ServiceOptions, "main" | "author"> = {},
): Promise<T> {
  const state = await mkdtemp(join(tmpdir(), "edgereel-bench-"));
  const service = await startService({ port: await freePort(), state, vars, ...options });
  try {
    return await work(service, state);
  } finally {
    await service.stop();
    await rm(state, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A percentile of the samples. `share` is between 0 and 1: 0.95 returns the 95th percentile. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The duration of `call` in milliseconds. */
export async function timed(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}
