import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../scripts/client.ts";

/** A response. `repeated` is true if an earlier attempt may have been executed without a response. */
export interface Tried<T> extends Answer<T> {
  repeated: boolean;
}

/** Timeout of one request in milliseconds. */
const PATIENCE = 15_000;
/** Timeout in milliseconds for all attempts of a request. Longer than any outage. */
const DEADLINE = 300_000;

/**
 * Sends a request and retries it after a network error, a timeout or a 5xx response.
 *
 * @throws Error if there is no other response within five minutes.
 */
export async function persist<T>(origin: string, path: string, init: RequestInit = {}): Promise<Tried<T>> {
  const begun = performance.now();
  let last = "";
  for (let tries = 0; performance.now() - begun < DEADLINE; tries++) {
    try {
      const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(PATIENCE) });
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
 * Sends a request once and aborts it after a time in milliseconds; null waits up to a minute.
 *
 * @returns the response; null if there was none in time or the connection failed.
 */
export async function tryOnce<T>(
  origin: string,
  path: string,
  init: RequestInit,
  milliseconds: number | null,
): Promise<Answer<T> | null> {
  try {
    const signal = AbortSignal.timeout(milliseconds ?? 4 * PATIENCE);
    return (await (await fetch(origin + path, { ...init, signal })).json()) as Answer<T>;
  } catch {
    return null;
  }
}

/** Makes a POST request with a JSON body. */
export function json(body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** Posts JSON with the retries of {@link persist}. */
export function post<T>(origin: string, path: string, body: object, headers: Record<string, string> = {}) {
  return persist<T>(origin, path, json(body, headers));
}
