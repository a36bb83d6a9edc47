import type { Config } from "../../config/config.ts";
import type { RendererBindings } from "../bindings.ts";
import type { Renderer } from "../renderer.ts";
import { pooledSession } from "./pooled-server-session.ts";
import { renderServerRenderer } from "./render-server-client.ts";

/**
 * Native ffmpeg on render servers (`container/`) that the operator runs elsewhere. Each job goes to the server with
 * the fewest jobs.
 *
 * @param origins one or more origins, without a slash at the end.
 */
export function httpRenderer(
  env: Pick<RendererBindings, "RENDER_POOL">,
  origins: readonly string[],
  config: Config,
): Renderer {
  const callOf = (instance: number) => (path: string, init: RequestInit) => fetch(`${origins[instance]}${path}`, init);
  return renderServerRenderer("http", config, () =>
    pooledSession(env.RENDER_POOL.getByName("http"), origins.length, callOf),
  );
}
