/** Bytes that are not those that were promised. */
export class DigestError extends Error {
  override name = "DigestError";
}

/**
 * Passes bytes on as they are, the last of them only when all of them have a SHA-256: what reads a known
 * length from it never ends well with other bytes.
 *
 * @param sha256 in Base64. With another one the stream fails with a {@link DigestError}.
 */
export function verifySha256(sha256: string): TransformStream<Uint8Array, Uint8Array> {
  const digest = new crypto.DigestStream("SHA-256");
  const hash = digest.getWriter();
  digest.digest.catch(() => undefined);
  let held: Uint8Array | null = null;
  return new TransformStream({
    async transform(chunk, controller) {
      await hash.write(chunk);
      if (held) controller.enqueue(held);
      held = chunk;
    },
    async flush(controller) {
      await hash.close();
      const actual = new Uint8Array(await digest.digest).toBase64();
      if (actual !== sha256) throw new DigestError(`the bytes have the SHA-256 ${actual} and not ${sha256}`);
      if (held) controller.enqueue(held);
    },
  });
}
