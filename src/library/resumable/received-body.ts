import { CodedError } from "../../api/errors.ts";
import type { Checksum } from "./upload-calls.ts";

/**
 * Reads a body up to a number of bytes, until a signal ends it. After an error, the rest of the body can still be read.
 *
 * @param left how many bytes the upload lacks.
 * @throws CodedError `too_large` before the first chunk that goes beyond; the signal's reason; errors of the body.
 */
export async function* receivedBytes(
  body: ReadableStream<Uint8Array>,
  left: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  // Not one promise for all reads: with `Promise.race`, it would keep every chunk in memory.
  let stop = (_reason: unknown) => {};
  signal.addEventListener("abort", () => stop(signal.reason), { once: true });
  const read = () =>
    new Promise<ReadableStreamReadResult<Uint8Array>>((resolve, reject) => {
      stop = reject;
      if (signal.aborted) reject(signal.reason);
      else reader.read().then(resolve, reject);
    });
  let received = 0;
  try {
    for (;;) {
      const { done, value } = await read();
      if (done) return;
      received += value.byteLength;
      if (received > left) {
        throw new CodedError(
          "too_large",
          `the body goes beyond the Upload-Length: ${left} bytes are left of the upload`,
        );
      }
      yield value;
    }
  } finally {
    // Does not wait: a client that is gone does not answer.
    if (signal.aborted) reader.cancel(signal.reason).catch(() => undefined);
    reader.releaseLock();
  }
}

/** Web Crypto's names of the algorithms. */
const DIGESTS: Record<Checksum["algorithm"], string> = { sha1: "SHA-1", sha256: "SHA-256", md5: "MD5" };

/**
 * Passes a body through and compares its checksum at the end.
 *
 * @throws CodedError `checksum_mismatch` after the last chunk; errors of the body.
 */
export async function* verifiedBytes(
  body: AsyncIterable<Uint8Array>,
  { algorithm, value }: Checksum,
): AsyncGenerator<Uint8Array, void> {
  const digest = new crypto.DigestStream(DIGESTS[algorithm]);
  const hash = digest.getWriter();
  digest.digest.catch(() => undefined);
  try {
    for await (const chunk of body) {
      await hash.write(chunk);
      yield chunk;
    }
  } catch (error) {
    await hash.abort(error).catch(() => undefined);
    throw error;
  }
  await hash.close();
  const actual = new Uint8Array(await digest.digest).toBase64();
  if (actual !== value) {
    throw new CodedError(
      "checksum_mismatch",
      `Upload-Checksum: the body has the ${algorithm} ${actual}; nothing of it was kept, send it again`,
    );
  }
}
