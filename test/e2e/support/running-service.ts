import { inject } from "vitest";

const services = inject("services");
const service = services[(Number(process.env.VITEST_POOL_ID ?? 1) - 1) % services.length];
if (!service) throw new Error("no service was started");

/** Where the service of this worker's tests answers. The tests of one file at a time use it. */
export const origin = service.origin;
/** The folder of its D1, R2 and Durable Objects. */
export const state = service.state;
