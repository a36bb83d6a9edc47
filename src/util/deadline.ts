/** A call did not answer in time. */
export class NoAnswerError extends Error {
  override name = "NoAnswerError";
}

/**
 * Waits for a call, but not longer than the timeout. After the timeout, the call continues and its result is ignored.
 *
 * @param milliseconds the timeout.
 * @throws NoAnswerError after the timeout; whatever the call throws.
 */
export async function inTime<T>(call: PromiseLike<T>, milliseconds: number): Promise<T> {
  let timer = 0;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
