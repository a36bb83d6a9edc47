import { CodedError, type ErrorCode, errorTable } from "../../api/errors.ts";
import { isDatabaseUnavailable } from "../../db/database-unavailable.ts";
import { log, messageOf } from "../../util/log.ts";
import { errorResponse } from "./envelope.ts";

/** When a client may repeat a request that failed because the database or the renderer is unavailable. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Turns an error that a route or middleware threw into a response. This is the only place that does so. An error
 * without a code goes to the log, and the client only gets "internal error".
 */
export function respondToError(error: unknown): Response {
  if (error instanceof CodedError) return respondToCodedError(error);
  if (isDatabaseUnavailable(error)) {
    log("database_unavailable", { message: messageOf(error instanceof Error ? (error.cause ?? error) : error) });
    return respondToCodedError(new CodedError("database_unavailable", "the database did not answer; try again"));
  }
  log("request_failed", { message: messageOf(error), stack: error instanceof Error ? (error.stack ?? "") : "" });
  return errorResponse(500, "internal error");
}

function respondToCodedError({ code, message, headers }: CodedError): Response {
  const status = errorTable[code].status ?? 500;
  if (status >= 500) log("request_failed", { code, message });
  const wait = status === 503 && errorTable[code].retryable ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {};
  return errorResponse(status, shownMessage(code, message), { ...wait, ...headers });
}

function shownMessage(code: ErrorCode, message: string): string {
  switch (code) {
    case "internal_error":
      return "internal error";
    case "invalid_configuration":
      return "invalid configuration; see the service log";
    case "renderer_limit":
    case "material_missing":
      return `${code}: ${message}`;
    default:
      return message;
  }
}
