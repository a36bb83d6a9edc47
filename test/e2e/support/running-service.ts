import { afterAll, beforeAll, inject, vi } from "vitest";
import { call } from "../../../scripts/client.ts";
import { sharedWorkersReady } from "../../support/services/shared-workers.ts";
import { delayRenderer } from "../../support/services/slowable-renderer.ts";

const services = inject("services");
const poolIndex = (Number(process.env.VITEST_POOL_ID ?? 1) - 1) % services.length;
const service = services[poolIndex];
if (!service) throw new Error("no service was started");

/** Origin of the service that belongs to this vitest worker. Only one test file uses it at a time. */
export const origin = service.origin;
/** Folder of the service's D1, R2 and Durable Objects. */
export const state = service.state;

/** The kind of renderer that the service uses, as tasks name it. */
export const renderer = inject("renderServer") ? "http" : "wasm";

/**
 * Makes the renderer slow for the tests of a file that look at a video while it is being rendered. ffmpeg.wasm is slow
 * anyway.
 */
export function useSlowRenderer(): void {
  const url = services[poolIndex]?.renderer ?? null;
  if (url === null) return;
  beforeAll(() => delayRenderer(url, RENDER_DELAY_MS));
  afterAll(() => delayRenderer(url, 0));
}
const RENDER_DELAY_MS = 600;

/** How long a service may take to start on a busy machine, in milliseconds. */
const MAX_START_TIME = 180_000;
await sharedWorkersReady(inject("workerRegistry"));
await vi.waitUntil(() => isHealthy(), { timeout: MAX_START_TIME, interval: 100 });

/** True if the service answers, and its renderer too. */
async function isHealthy(): Promise<boolean> {
  const health = await call<{ state: string }>(origin, "/health").catch(() => null);
  return health?.data.state === "ok";
}
