import type { Config } from "../config.ts";
import type { Env } from "../env.ts";
import { log, messageOf } from "../log.ts";
import { renderServerRenderer } from "./render-server-renderer.ts";
import { RenderError, type Renderer } from "./renderer.ts";

/** The name of the pool of instances, and of each instance in it. */
const POOL = "pool";
const instanceName = (instance: number) => `render-${instance}`;

/** Native ffmpeg in a Cloudflare Container: each job goes to the instance with the fewest. */
export function containerRenderer(env: Env, config: Config): Renderer {
  return renderServerRenderer("container", config, async () => {
    const pool = env.RENDER_POOL.getByName(POOL);
    const lease = await pool.acquire();
    const container = env.RENDER_CONTAINERS.getByName(instanceName(lease.instance));
    return {
      call: (path, init) => container.fetch(`http://container${path}`, init),
      end: async (error) => {
        const dead = error instanceof RenderError && error.kind === "unreachable";
        // A lease that could not be given back runs out by itself.
        await Promise.resolve(pool.release(lease.id, dead)).catch((failure: unknown) =>
          log("release_failed", { message: messageOf(failure) }),
        );
      },
    };
  });
}

/** Known once for an isolate: a deployment either has the container or has not. */
let bound: boolean | undefined;

/** Whether this deployment has a container: `wrangler dev` without Docker has none. */
export async function isContainerBound(env: Env): Promise<boolean> {
  bound ??= await env.RENDER_CONTAINERS.getByName(instanceName(0)).isBound();
  return bound;
}
