import { log, messageOf } from "../../util/log.ts";
import { RenderError } from "../renderer.ts";
import type { RenderPool } from "./render-pool.ts";
import type { ServerCall, ServerSession } from "./render-server-client.ts";

/**
 * Opens a session with the least loaded of several render servers.
 *
 * @param instances the number of servers.
 * @param callOf returns the function that calls a server, given its number from 0.
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
      // If the release fails, the reservation expires later.
      await Promise.resolve(pool.release(id, dead)).catch((failure: unknown) =>
        log("release_failed", { message: messageOf(failure) }),
      );
    },
  };
}
