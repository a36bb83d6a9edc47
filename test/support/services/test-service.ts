import { randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../scripts/free-port.ts";
import { isMigrated, migrationsHash } from "../../../scripts/local-database.ts";
import { migrateState, type Service, type ServiceOptions, startService } from "../../../scripts/service.ts";
import { sharedWorkersReady } from "./shared-workers.ts";

/** Settings for small frames and short segments, which ffmpeg.wasm renders quickly. */
export const SMALL = { WASM_SHORT_SIDE: "240", WASM_SEGMENT_SECONDS: "1" };
/** The same for render servers, so that tests see the same with every renderer. */
export const SMALL_NATIVE = {
  ...{ NATIVE_SHORT_SIDE: SMALL.WASM_SHORT_SIDE, NATIVE_SEGMENT_SECONDS: SMALL.WASM_SEGMENT_SECONDS },
  ...{ NATIVE_PRESET: "ultrafast", NATIVE_TOTAL_SECONDS: "180" },
};
/** Migrated databases, by the hash of their migrations. Kept between runs. */
const templates = fileURLToPath(new URL("../../../node_modules/.cache/edgereel-tests/", import.meta.url));

/** A service that belongs to one test file. */
export interface TestService extends Service {
  /** The folder of its D1, R2 and Durable Objects. */
  state: string;
}

/**
 * Starts a service with small frames.
 *
 * @param state the state folder of an earlier service, which must have ended. By default a new, empty one.
 * @param registry that of the embedded Workers to use. By default the service starts its own.
 * @throws Error with the last lines that its processes printed, if it does not start.
 */
export async function startTestService(options: Partial<Omit<ServiceOptions, "main">> = {}): Promise<TestService> {
  const { port = await freePort(), state = await emptyState(), vars = {}, ...others } = options;
  const service = await startService({ ...others, port, state, vars: { ...SMALL, ...vars } });
  if (others.registry) await sharedWorkersReady(others.registry);
  return { ...service, state };
}

/** Makes a state folder with an empty database that has all migrations. */
export async function emptyState(): Promise<string> {
  const template = join(templates, await migrationsHash());
  if (!(await isMigrated(template))) await makeTemplate(template);
  const state = await mkdtemp(join(tmpdir(), "edgereel-test-"));
  await cp(template, state, { recursive: true });
  return state;
}

/** Deletes a state folder. Its service must have ended. */
export function removeState(state: string | undefined): Promise<void> {
  return state === undefined ? Promise.resolve() : rm(state, { recursive: true, force: true, maxRetries: 5 });
}

async function makeTemplate(template: string): Promise<void> {
  const unfinished = join(dirname(template), randomUUID());
  await mkdir(unfinished, { recursive: true });
  await migrateState(unfinished);
  // Another process may have made the same template meanwhile.
  await rename(unfinished, template).catch(async (error: unknown) => {
    await rm(unfinished, { recursive: true });
    if (!(await isMigrated(template))) throw error;
  });
}
