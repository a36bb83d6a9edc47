import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../scripts/client.ts";

/** An answer, and whether an earlier try of the request may have been done without one. */
export interface Tried<T> extends Answer<T> {
  repeated: boolean;
}

/** Longest time for one request, in milliseconds. */
const PATIENCE = 15_000;
/** Longest time for a wish. Longer than any outage. */
const DEADLINE = 300_000;

/**
 * Sends a request as a careful client does: again when it was not answered, or answered by 5xx.
 *
 * @throws Error when there was no other answer for five minutes.
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
 * Sends a request and hangs up after a while, whether it was answered or not.
 *
 * @returns the answer; null where there was none in time, or none at all.
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

/** A request of JSON. */
export function json(body: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
}

/** Posts JSON, as {@link persist}. */
export function post<T>(origin: string, path: string, body: object, headers: Record<string, string> = {}) {
  return persist<T>(origin, path, json(body, headers));
}
