/** The longest wait before another try, in milliseconds. */
const MAX_DELAY_MS = 16_000;

/**
 * The wait before a linked file is fetched again: 1, 2, 4 … seconds, plus up to half as much again. A job's runs are
 * not repeated for a host that fails, because each of them would begin with the same failure.
 *
 * @param tries how often the file was fetched so far, from 1.
 * @param elapsed milliseconds since the first try began.
 * @param retryFor milliseconds after its first try in which another one may begin.
 * @param jitter 0 to 1.
 * @returns milliseconds; null if there is no time for another try.
 */
export function delayBeforeRetry(tries: number, elapsed: number, retryFor: number, jitter: number): number | null {
  const delay = Math.min(1000 * 2 ** (tries - 1), MAX_DELAY_MS) * (1 + jitter / 2);
  return elapsed + delay < retryFor ? delay : null;
}
