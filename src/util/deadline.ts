/** What a call waited for did not come in time. */
export class NoAnswerError extends Error {
  override name = "NoAnswerError";
}

/**
 * Waits for a call so long and no longer. The call itself goes on; what it comes to later is ignored.
 *
 * @param milliseconds how long.
 * @throws NoAnswerError; what the call throws.
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
