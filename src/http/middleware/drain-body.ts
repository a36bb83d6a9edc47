import type { MiddlewareHandler } from "hono";
import type { AppEnv } from "../app-env.ts";

/** Max bytes to read from a refused body: more than what is in transit when a small upload is refused. */
const MAX_DRAINED_BYTES = 1024 * 1024;

/** The same for an upload of a client that may upload: more than most clips have. */
export const MAX_DRAINED_UPLOAD_BYTES = 128 * MAX_DRAINED_BYTES;

/** Reads a body up to the limit, discards the bytes and cancels the rest. Never throws. */
export async function drain(body: AsyncIterable<Uint8Array>, maxBytes = MAX_DRAINED_BYTES): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) return;
    }
  } catch {
    // The request was refused already, so an error in its body does not matter.
  }
}

/**
 * Reads the part of a request's body that the route did not read. If the server responds while the client is still
 * sending, the connection closes and some clients lose the response (RFC 9112 §9.6).
 */
export const drainBody: MiddlewareHandler<AppEnv> = async (context, next) => {
  await next();
  const { body, bodyUsed } = context.req.raw;
  if (body && !bodyUsed && !body.locked) await drain(body);
};
