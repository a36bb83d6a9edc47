import { log, messageOf } from "../../util/log.ts";
import { RenderError } from "../renderer.ts";
import type { RenderPool } from "./render-pool.ts";
import type { ServerCall, ServerSession } from "./render-server-client.ts";

/**
 * Opens a session with the least loaded of several render servers.
 *
 * @param instances how many there are.
 * @param callOf how to call one of them, by its number from 0.
 */
export async function pooledSession(
  pool: DurableObjectStub<RenderPool>,
  instances: number,
  callOf: (instance: number) => ServerCall,
): Promise<ServerSession> {
  const { id, instance } = await pool.reserve(instances);
  return {
    call: callOf(instance),
    async end(error) {
      const dead = error instanceof RenderError && error.rerun === "renderer_away";
      // A reservation that cannot be released expires by itself.
      await Promise.resolve(pool.release(id, dead)).catch((failure: unknown) =>
        log("release_failed", { message: messageOf(failure) }),
      );
    },
  };
}
