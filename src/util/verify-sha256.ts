/** A stream has a different SHA-256 than expected. */
export class DigestError extends Error {
  override name = "DigestError";
}

/**
 * Passes a stream through and withholds its last chunk until the SHA-256 matches. A reader that expects a known number
 * of bytes therefore never succeeds with wrong bytes.
 *
 * @param sha256 the expected SHA-256 in Base64. If it does not match, the stream fails with a {@link DigestError}.
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
      if (actual !== sha256) throw new DigestError(`the bytes have the SHA-256 ${actual}, expected ${sha256}`);
      if (held) controller.enqueue(held);
    },
  });
}
