import { log, messageOf } from "../util/log.ts";

/** How often a write is tried. */
const MAX_TRIES = 6;
/** The wait after the first failed write, in milliseconds. Each later one is twice as long. */
const FIRST_WAIT_MS = 250;

/**
 * Stores what a provider was paid for. R2 sometimes fails, and without the result the provider would be paid again, so
 * the write is repeated for up to 12 seconds.
 *
 * @param write may be called several times.
 * @throws the last error.
 */
export async function storePaid(write: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await write();
      return;
    } catch (error) {
      if (tries === MAX_TRIES) throw error;
      log("paid_result_not_stored", { tries, message: messageOf(error) });
      const milliseconds = FIRST_WAIT_MS * 2 ** (tries - 1) * (1 + Math.random() / 2);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
  }
}
