/** A call did not finish before its timeout. */
export class TimeoutError extends Error {
  override name = "TimeoutError";
}

/**
 * Waits for a call, but not longer than the timeout. After the timeout, the call continues and its result is ignored.
 *
 * @param milliseconds the timeout.
 * @throws TimeoutError after the timeout; whatever the call throws.
 */
export async function withTimeout<T>(call: PromiseLike<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([call, timeout]);
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}
