import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";

/** Most bytes read of a body that is refused: above the parts of a small upload that are on their way by then. */
const MOST = 1024 * 1024;

/** Reads on, so far, and lets go of the rest. Never throws. */
export async function drain(body: AsyncIterable<Uint8Array>): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > MOST) return;
    }
  } catch {
    // It was refused already, and how it ends changes nothing.
  }
}

/**
 * Reads what a route left of a request's body. An answer that comes while the client is still sending makes the
 * connection end, and some clients lose the answer with it (RFC 9112 §9.6).
 */
export const drainBody: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { body, bodyUsed } = context.req.raw;
  if (body && !bodyUsed && !body.locked) await drain(body);
};
