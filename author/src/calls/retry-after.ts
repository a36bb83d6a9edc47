import { parseHttpDate } from "../../../src/util/http-date.ts";

/** Max wait that a provider can ask for, in seconds. */
const MAX_SECONDS = 86_400;

/**
 * Reads `Retry-After` (RFC 9110 §10.2.3): seconds or an HTTP-date. Fractions of a second are accepted too.
 *
 * @param now Unix milliseconds.
 * @returns seconds from now, or null if the header is missing or invalid.
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(MAX_SECONDS, Number(text));
  const time = parseHttpDate(text, now);
  return time === null ? null : Math.min(MAX_SECONDS, Math.max(0, Math.ceil((time - now) / 1000)));
}
