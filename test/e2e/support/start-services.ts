import type { TestProject } from "vitest/node";
import { freePort } from "../../../scripts/free-port.ts";
import { type FakeProviders, startFakeProviders } from "../../support/providers/server.ts";
import type {} from "../../support/services/shared-workers.ts";
import { startSlowableRenderer } from "../../support/services/slowable-renderer.ts";
import { emptyState, removeState, SMALL_NATIVE, startTestService } from "../../support/services/test-service.ts";
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
  const starting = places.map((place, index) => {
    const url = renderers[index]?.url;
    const renderer: Record<string, string> =
      url && renderServer ? { ...SMALL_NATIVE, RENDERER_URL: url, RENDERER_TOKEN: renderServer.token } : {};
    return startOne({ ...place, registry: workerRegistry }, renderer, providers);
  });
  return async () => {
    await Promise.all(starting.map(async (start) => (await start)?.stop()));
    await Promise.all([providers.close(), ...renderers.map((renderer) => renderer?.close())]);
    await Promise.all(places.map(({ state }) => removeState(state)));
  };
}

/** Starts a service. If that fails, prints what its processes printed: the tests cannot know. */
async function startOne(
  place: { port: number; state: string; registry: string },
  renderer: Record<string, string>,
  providers: FakeProviders,
) {
  const printed: string[] = [];
  // A link that stalls fails after one try.
  const links = { INPUT_IDLE_SECONDS: "10", INPUT_RETRY_SECONDS: "5" };
  const vars = { ...TELLING, ...renderer, ...links, WEBHOOK_RETRY_SECONDS: "0.1,0.1,0.1" };
  const onLine = (line: string, from: string) => printed.push(`[${from}] ${line}`);
  const author = { ...providers.settings("llm", "pexels", "speech"), OUTBOUND_ALLOW: providers.host };
  return startTestService({ ...place, vars, author, onLine }).catch((error: unknown) => {
    console.error(error, printed.join("\n"));
    return null;
  });
}
