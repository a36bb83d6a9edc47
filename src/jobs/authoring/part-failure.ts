import { CodedError, isTaskErrorCode } from "../../api/errors.ts";
import { readConfig } from "../../config/config.ts";
import type { PartFailure } from "../../protocol/authoring.ts";

/** How often a provider is asked that does not answer. */
const MAX_TRIES = 4;
/** A provider that asks for a longer wait, in seconds, is left out. */
const MAX_WAIT_SECONDS = 60;

/**
 * Describes a failure that the task can go on with, because it may get enough from other questions or providers. Null if
 * the provider should be asked again first, or the failure is not a provider's.
 *
 * @param tries how often it was asked so far.
 */
export function lastingFailure(env: object, error: unknown, tries: number): PartFailure | null {
  if (!(error instanceof CodedError) || !isTaskErrorCode(error.code)) return null;
  const { code, message, rerun, retryAfterSeconds } = error;
  const lasts =
    rerun === "never" ||
    tries >= Math.min(MAX_TRIES, readConfig(env).PROVIDER_TRIES) ||
    (retryAfterSeconds ?? 0) > MAX_WAIT_SECONDS;
  return lasts ? { code, message, retryable: rerun !== "never" } : null;
}
