import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../scripts/client.ts";

export interface FinalAnswer<T> extends Answer<T> {
  /** Whether the request was sent more than once. An earlier attempt may have been done although its response was lost. */
  repeated: boolean;
}

/** Timeout for one attempt. */
const ATTEMPT_TIMEOUT_MS = 15_000;
/** Max time for all attempts. Longer than any planned outage. */
const TOTAL_TIMEOUT_MS = 300_000;

/**
 * Sends a request as a careful client does: repeats it if there is no response, or a 5xx response.
 *
 * @throws Error if there is no other response within five minutes.
 */
export async function requestUntilAnswered<T>(
  origin: string,
  path: string,
  init: RequestInit = {},
): Promise<FinalAnswer<T>> {
  const begun = performance.now();
  let last = "";
  for (let tries = 0; performance.now() - begun < TOTAL_TIMEOUT_MS; tries++) {
    try {
      const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS) });
      const answer = (await response.json()) as Answer<T>;
      if (answer.status < 500) return { ...answer, repeated: tries > 0 };
      last = answer.message;
    } catch (error) {
      last = String(error);
    }
    await sleep(200);
  }
  throw new Error(`${init.method ?? "GET"} ${path}: no answer: ${last}`);
}

/**
 * Sends a request once and disconnects after a while.
 *
 * @param hangUpAfterMs null to wait for the response, up to a minute.
 * @returns the response; null if there was none in time.
 */
export async function tryOnce<T>(
  origin: string,
  path: string,
  init: RequestInit,
  hangUpAfterMs: number | null,
): Promise<Answer<T> | null> {
  try {
    const signal = AbortSignal.timeout(hangUpAfterMs ?? 4 * ATTEMPT_TIMEOUT_MS);
    return (await (await fetch(origin + path, { ...init, signal })).json()) as Answer<T>;
  } catch {
    return null;
  }
}

/** The options of a POST request with a JSON body. */
export function json(body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** Posts JSON with {@link requestUntilAnswered}. */
export function post<T>(origin: string, path: string, body: object, headers: Record<string, string> = {}) {
  return requestUntilAnswered<T>(origin, path, json(body, headers));
}
