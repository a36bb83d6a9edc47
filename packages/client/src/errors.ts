import { EdgereelError, type ErrorDetails } from "./edgereel-error.ts";
import { errorClasses } from "./generated/errors.ts";
import type { Task } from "./types.ts";

/** The code of an answer without `x-error-code`, as gateways in front of the service send them. */
const CODE_OF_STATUS: Readonly<Record<number, keyof typeof errorClasses>> = {
  400: "invalid_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  412: "precondition_failed",
  413: "too_large",
  414: "url_too_long",
  416: "range_not_satisfiable",
  429: "quota_exceeded",
  431: "headers_too_long",
  500: "internal_error",
};

/** An error with the class of its code. */
export function errorOf(code: string | null | undefined, message: string, details: ErrorDetails): EdgereelError {
  const known = code != null && Object.hasOwn(errorClasses, code);
  const Class: new (message: string, details: ErrorDetails) => EdgereelError = known
    ? errorClasses[code as keyof typeof errorClasses]
    : EdgereelError;
  return new Class(message, details);
}

/** Reads the error of a response. */
export async function errorOfResponse(response: Response): Promise<EdgereelError> {
  const { status, headers } = response;
  const text = await response.text().catch(() => "");
  const gateway = status === 408 || status === 425 || status === 429 || status >= 500;
  const code = headers.get("x-error-code") ?? CODE_OF_STATUS[status];
  const details: ErrorDetails = { status, retryAfter: retryAfterOf(headers) };
  // A gateway's answer has no code, and the service behind it may be back soon.
  if (code === undefined) details.retryable = gateway;
  return errorOf(code, messageOf(text) ?? `the service answered ${status} ${response.statusText}`.trim(), details);
}

function messageOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    const message = body !== null && typeof body === "object" && "message" in body ? body.message : null;
    return typeof message === "string" ? message : null;
  } catch {
    return null;
  }
}

/** The seconds in `Retry-After`, which holds seconds or a date; undefined without the header. */
export function retryAfterOf(headers: Headers, now = Date.now()): number | undefined {
  const value = headers.get("retry-after");
  if (value === null) return undefined;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - now) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}

/** The error of a task that failed or was cancelled. */
export function errorOfTask(task: Task): EdgereelError {
  const { failure, error } = task;
  return errorOf(failure?.code, failure?.message ?? error ?? "the task failed", {
    retryable: failure?.retryable,
    task,
  });
}
