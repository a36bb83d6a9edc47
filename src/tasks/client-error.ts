import { CodedError, type ErrorCode, errorTable } from "../api/errors.ts";
import { isDatabaseUnavailable } from "../db/database-unavailable.ts";
import { log, messageOf } from "../util/log.ts";

/**
 * Turns whatever a use case threw into an error that a client may see. What clients must not see goes to the log: the
 * text of errors without a code, and which setting is invalid.
 */
export function clientError(error: unknown): CodedError {
  if (error instanceof CodedError) {
    const { code, message } = error;
    if ((errorTable[code].status ?? 500) >= 500) log("request_failed", { code, message });
    return withShownMessage(error);
  }
  if (isDatabaseUnavailable(error)) {
    log("database_unavailable", { message: messageOf(error instanceof Error ? (error.cause ?? error) : error) });
    return new CodedError("database_unavailable", "the database did not answer; try again", { cause: error });
  }
  log("request_failed", { message: messageOf(error), stack: error instanceof Error ? (error.stack ?? "") : "" });
  return new CodedError("internal_error", "internal error", { cause: error });
}

function withShownMessage(error: CodedError): CodedError {
  const message = shownMessage(error.code, error.message);
  if (message === error.message) return error;
  const { code, retryable, rerun, retryAfterSeconds, headers } = error;
  return new CodedError(code, message, { retryable, rerun, retryAfterSeconds, headers, cause: error });
}

function shownMessage(code: ErrorCode, message: string): string {
  switch (code) {
    case "internal_error":
      return "internal error";
    case "invalid_configuration":
      return "invalid configuration; see the service log";
    default:
      return message;
  }
}
