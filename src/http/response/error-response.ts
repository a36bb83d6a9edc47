import { type CodedError, errorTable } from "../../api/errors.ts";
import { clientError } from "../../tasks/client-error.ts";
import { ERROR_CODE_HEADER, errorResponse } from "./envelope.ts";

/** When a client may repeat a request that failed because the database or the renderer is unavailable. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Turns an error that a route or middleware threw into a response. This is the only place that does so. An error
 * without a code goes to the log, and the client only gets "internal error".
 */
export function respondToError(error: unknown): Response {
  const shown = clientError(error);
  const { code, headers } = shown;
  const status = statusOf(shown);
  const wait = status === 503 && errorTable[code].retryable ? { "retry-after": String(RETRY_AFTER_SECONDS) } : {};
  return errorResponse(status, shownMessage(shown), { ...wait, ...headers, [ERROR_CODE_HEADER]: code });
}

/** The HTTP status of an error. */
export function statusOf({ code }: CodedError): number {
  return errorTable[code].status ?? 500;
}

function shownMessage({ code, message }: CodedError): string {
  return code === "renderer_limit" || code === "material_missing" ? `${code}: ${message}` : message;
}
