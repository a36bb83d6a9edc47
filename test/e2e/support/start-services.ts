import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { freePort } from "../../../scripts/free-port.ts";
import { type FakeProviders, startFakeProviders } from "../../support/providers/server.ts";
import { bundleWorkers, type StartedWorker, startBundledWorkers } from "../../support/services/bundled-workers.ts";
import type {} from "../../support/services/shared-workers.ts";
import { startSlowableRenderer } from "../../support/services/slowable-renderer.ts";
import { emptyState, removeState, SMALL, SMALL_NATIVE } from "../../support/services/test-service.ts";
import { TELLING } from "../../support/services/webhook-receiver.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Origin of the fake providers that the services use. */
    providers: string;
    /**
     * Origin of each service under test, the folder of its D1, R2 and Durable Objects, and the origin of its render
     * server; null if it renders with ffmpeg.wasm.
     */
    services: { origin: string; state: string; renderer: string | null }[];
  }
}

/**
 * Starts one service with an empty state for each vitest worker. They share the embedded Workers. Other tests run while
 * the services start: `running-service.ts` waits for them.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const count = project.vitest.config.maxWorkers;
  const places: { port: number; state: string }[] = [];
  while (places.length < count) places.push({ port: await freePort(), state: await emptyState() });
  const { workerRegistry, renderServer } = project.getProvidedContext();
  const renderers = await Promise.all(
    places.map(() => (renderServer ? startSlowableRenderer(renderServer.url) : null)),
  );
  project.provide(
    "services",
    places.map(({ port, state }, index) => {
      return { origin: `http://127.0.0.1:${port}`, state, renderer: renderers[index]?.url ?? null };
    }),
  );
  const providers = await startFakeProviders();
  project.provide("providers", providers.origin);
  const folder = await mkdtemp(join(tmpdir(), "edgereel-services-"));
  const bundled = bundleWorkers(["api", "author"], folder);
  const starting = places.map(async (place, index) => {
    const url = renderers[index]?.url;
    const renderer: Record<string, string> =
      url && renderServer ? { ...SMALL_NATIVE, RENDERER_URL: url, RENDERER_TOKEN: renderServer.token } : {};
    const printed: string[] = [];
    try {
      await bundled;
      return await startOne({ ...place, folder, registry: workerRegistry }, renderer, providers, printed);
    } catch (error) {
      // The tests cannot know what the processes printed.
      console.error("a service did not start:", error, printed.join("\n"));
      return null;
    }
  });
  return async () => {
    await Promise.all(starting.map(async (start) => (await start)?.dispose()));
    await Promise.all([providers.close(), ...renderers.map((renderer) => renderer?.close())]);
    await Promise.all([folder, ...places.map(({ state }) => state)].map(removeState));
  };
}

async function startOne(
  place: { folder: string; port: number; state: string; registry: string },
  renderer: Record<string, string>,
  providers: FakeProviders,
  printed: string[],
) {
  // A link that stalls fails after one try.
  const links = { INPUT_IDLE_SECONDS: "10", INPUT_RETRY_SECONDS: "5" };
  const vars = { ...SMALL, ...TELLING, ...renderer, ...links, WEBHOOK_RETRY_SECONDS: "0.1,0.1,0.1" };
  const author = { ...providers.settings("llm", "pexels", "speech"), OUTBOUND_ALLOW: providers.host };
  const workers: StartedWorker[] = [
    // Workers with one name would take each other's place in the shared registry.
    { worker: "api", alias: `edgereel-${place.port}`, bindings: vars },
    { worker: "author", bindings: author },
  ];
  return startBundledWorkers(workers, place, (line) => printed.push(line));
}
