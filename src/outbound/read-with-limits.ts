import { messageOf } from "../util/log.ts";
import { FetchFileError } from "./fetch-file-error.ts";

/** How long a host may be silent while it sends a file, in milliseconds. */
export interface ReadLimits {
  /** Until the first byte. */
  firstByte: number;
  /** Between two parts of the file. */
  idle: number;
}

/** The least bytes per second that a host must send on average over the idle limit. */
const MIN_BYTES_PER_SECOND = 1024;

/**
 * Reads a body chunk by chunk. Stops when the signal aborts, or when the host is silent for too long: until the first
 * byte, or later. A host that sends less than 1 KiB per second counts as silent. Only the time spent waiting for the
 * host counts, not the time that the reader needs.
 *
 * @param body null is an empty body.
 * @throws FetchFileError if the host is silent or breaks off; the signal's reason.
 */
export async function* readWithLimits(
  body: ReadableStream<Uint8Array> | null,
  host: string,
  signal: AbortSignal,
  limits: ReadLimits,
): AsyncGenerator<Uint8Array, void> {
  if (!body) return;
  const reader = body.getReader();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  /** Milliseconds spent waiting, and bytes received, since the host was last fast enough. */
  let waited = 0;
  let received = 0;
  let first = true;
  try {
    for (;;) {
      signal.throwIfAborted();
      const limit = first ? limits.firstByte : limits.idle;
      const started = performance.now();
      const silence = silent(host, limit, limit - waited);
      const { done, value } = await Promise.race([reader.read(), aborted.promise, silence.promise]).finally(
        silence.stop,
      );
      if (done) return;
      waited += performance.now() - started;
      received += value.byteLength;
      if (first || received >= (limits.idle / 1000) * MIN_BYTES_PER_SECOND) {
        waited = 0;
        received = 0;
      }
      first = false;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FetchFileError) throw error;
    throw new FetchFileError("unreachable", false, `${host} stopped sending: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", abort);
    // Has no effect if the body was read to its end.
    reader.cancel().catch(() => {});
  }
}

/** A promise that rejects after some milliseconds, unless it is stopped. */
function silent(host: string, limit: number, milliseconds: number): { promise: Promise<never>; stop: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const timer = setTimeout(
    () =>
      reject(new FetchFileError("unreachable", false, `${host} sent nothing, or too little, for ${limit / 1000} s`)),
    Math.max(0, milliseconds),
  );
  return { promise, stop: () => clearTimeout(timer) };
}
