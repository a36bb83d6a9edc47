import { ProviderError } from "./provider-error.ts";
import { quotable } from "./redact.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** What a refusal is about, for its message. */
interface RefusedRequest {
  provider: string;
  settings: { key: string; others?: string };
}

/** Words in a refusal that mean: the account has used up what it paid for. A wait does not help. */
const USED_UP =
  /insufficient[_ ]?(quota|balance|credits?|funds)|quota[_ ]?exceeded|exceeded your current quota|credit balance/i;

/**
 * Turns an answer without success into an error.
 *
 * @param body the beginning of the answer's body.
 * @param now Unix milliseconds.
 */
export function refusal(
  { provider, settings: { key, others } }: RefusedRequest,
  response: Pick<Response, "status" | "headers">,
  body: string,
  secrets: readonly string[],
  now: number,
): ProviderError {
  const { status } = response;
  const retryAfterSeconds = parseRetryAfter(response.headers.get("retry-after"), now);
  const said = quotable(reasonIn(body), secrets);
  const reason = said === null ? "" : `: ${said}`;
  const isUsedUp = USED_UP.test(body);
  const options = { retryAfterSeconds, status };

  if (status === 402 || (isUsedUp && (status === 401 || status === 403 || status === 429))) {
    const message = `${provider} says that the account has used up its quota or credit (status ${status})${reason}`;
    return new ProviderError("provider_limit", message, { ...options, retryable: false });
  }
  if (status === 401 || status === 403) {
    const message = `${provider} refused the request (status ${status}); check ${key}${reason}`;
    return new ProviderError("provider_refused", message, { ...options, retryable: false });
  }
  if (status === 429) {
    const wait = retryAfterSeconds === null ? "" : `; it asks to wait ${retryAfterSeconds} s`;
    const message = `${provider} gets too many requests (status 429)${wait}${reason}`;
    return new ProviderError("provider_limit", message, { ...options, retryable: true });
  }
  if (status >= 500 || status === 408 || status === 425) {
    const message = `${provider} failed (status ${status})${reason}`;
    return new ProviderError("provider_failed", message, { ...options, retryable: true });
  }
  if (status < 400) {
    const check = others === undefined ? "" : `; check ${others}`;
    const message = `${provider} answered with a redirect (status ${status})${check}`;
    return new ProviderError("provider_refused", message, { ...options, retryable: false });
  }
  const check = others === undefined ? "" : `; check ${others}`;
  const message = `${provider} does not accept the request (status ${status})${check}${reason}`;
  return new ProviderError("provider_refused", message, { ...options, retryable: false });
}

/** The message in an error's JSON body, in the forms that providers use. Empty if there is none: HTML says nothing. */
function reasonIn(body: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return /^\s*[<{[]/.test(body) ? "" : body.slice(0, 500);
  }
  return firstText(parsed, ["error", "message", "detail", "error_description", "status", "code"], 3) ?? "";
}

function firstText(value: unknown, names: readonly string[], depth: number): string | null {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return depth > 0 ? firstText(value[0], names, depth - 1) : null;
  if (typeof value !== "object" || value === null || depth === 0) return null;
  const fields = value as Record<string, unknown>;
  const preferred = ["message", ...names].map((name) => firstText(fields[name], names, depth - 1));
  return preferred.find((text) => text !== null && text !== "") ?? null;
}
