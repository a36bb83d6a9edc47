import type { RenderReply } from "../../src/protocol/render-job.ts";

/** Workers RPC takes messages of at most 32 MiB. An hour of speech is longer. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The reply with a rendered file: the file itself, or a stream of it if it is too long for one message. */
export function rendered(bytes: Uint8Array): RenderReply {
  if (bytes.byteLength <= MAX_MESSAGE_BYTES) return { ok: true, bytes };
  const { body } = new Response(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength));
  return { ok: true, bytes: body ?? bytes, size: bytes.byteLength };
}
