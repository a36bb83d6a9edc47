import { join } from "node:path";
import { inject } from "vitest";
import { freePort } from "../../../scripts/free-port.ts";
import { type LineListener, type RunningProcess, startRenderServer } from "../../../scripts/service.ts";
import type {} from "./shared-workers.ts";
import { emptyState, removeState, SMALL_NATIVE, startTestService, type TestService } from "./test-service.ts";

const TOKEN = "a token for tests only";

/** The settings of a service that uses the render server of all tests, if there is one. It needs the shared Workers. */
export function sharedRenderer(): Record<string, string> {
  const server = inject("renderServer");
  return server ? { ...SMALL_NATIVE, RENDERER_URL: server.url, RENDERER_TOKEN: server.token } : {};
}

/** A service and the address of a render server that it uses. The render server can be started and killed by the test. */
export interface NativeService extends TestService {
  /** Where the render server listens, if it runs. */
  rendererUrl: string;
  /** Starts the render server and waits until it listens. */
  startRenderer(): Promise<RunningProcess>;
  /** Stops the service and the render server, and deletes their files. */
  stop(): Promise<void>;
}

/**
 * Starts a service that is configured for a render server. The render server itself is not started.
 *
 * @param vars settings of the service.
 * @param renderer settings of the render server.
 * @param onLine receives the lines of all processes.
 */
export async function startNativeService({
  vars = {},
  renderer = {},
  onLine = () => {},
}: {
  vars?: Record<string, string>;
  renderer?: Record<string, string>;
  onLine?: LineListener;
}): Promise<NativeService> {
  const state = await emptyState();
  const port = String(await freePort());
  const rendererUrl = `http://127.0.0.1:${port}`;
  const settings = { RENDERER_URL: rendererUrl, RENDERER_TOKEN: TOKEN, ...vars };
  const service = await startTestService({ state, vars: settings, registry: inject("workerRegistry"), onLine });
  const renderers: RunningProcess[] = [];
  return {
    ...service,
    rendererUrl,
    async startRenderer() {
      const variables = { PORT: port, RENDERER_TOKEN: TOKEN, SCRATCH_DIR: join(state, "render"), ...renderer };
      const server = startRenderServer(variables, onLine);
      renderers.push(server);
      await server.ready;
      return server;
    },
    async stop() {
      for (const server of renderers) server.kill();
      await Promise.all([service.stop(), ...renderers.map(({ ended }) => ended)]);
      await removeState(state);
    },
  };
}
