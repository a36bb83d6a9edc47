import { inject } from "vitest";

const services = inject("services");
const service = services[(Number(process.env.VITEST_POOL_ID ?? 1) - 1) % services.length];
if (!service) throw new Error("no service was started");

/** Origin of the service that belongs to this vitest worker. Only one test file uses it at a time. */
export const origin = service.origin;
/** Folder of the service's D1, R2 and Durable Objects. */
export const state = service.state;
