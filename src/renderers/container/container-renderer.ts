import type { Config } from "../../config/config.ts";
import type { RendererBindings } from "../bindings.ts";
import type { Renderer } from "../renderer.ts";
import { pooledSession } from "../server/pooled-server-session.ts";
import { renderServerRenderer } from "../server/render-server-client.ts";

/** The name of the Durable Object of an instance, which is numbered from 0. */
export const instanceName = (instance: number) => `render-${instance}`;

/** Native ffmpeg in Cloudflare Containers. Each job goes to the instance with the fewest jobs. */
export function containerRenderer(env: Omit<RendererBindings, "WASM">, config: Config): Renderer {
  const callOf = (instance: number) => {
    const container = env.RENDER_CONTAINERS.getByName(instanceName(instance));
    return (path: string, init: RequestInit) => container.fetch(`http://container${path}`, init);
  };
  return renderServerRenderer("container", config, () =>
    pooledSession(env.RENDER_POOL.getByName("container"), config.CONTAINER_INSTANCES, callOf),
  );
}

/** Cached for the isolate's life, because a deployment never gains or loses its container. */
let bound: boolean | undefined;

/** Whether this deployment has containers. `wrangler dev` without Docker has none. */
export async function isContainerBound(env: Pick<RendererBindings, "RENDER_CONTAINERS">): Promise<boolean> {
  bound ??= await env.RENDER_CONTAINERS.getByName(instanceName(0)).isBound();
  return bound;
}
