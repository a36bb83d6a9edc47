import { ConnectionError } from "./edgereel-error.ts";
import { errorOfResponse, retryAfterOf } from "./errors.ts";
import { errorClasses } from "./generated/errors.ts";

/** Where the service is, and how to reach it. */
export interface TransportOptions {
  /** Address of the service, such as `https://videos.example`. */
  url: string | URL;
  /** An API key. A service with `AUTH=off` needs none. */
  apiKey?: string | undefined;
  /** Max attempts of one request. Default 4. */
  maxAttempts?: number | undefined;
  /** Max seconds to wait for the next attempt. If the service asks for more, the request fails. Default 60. */
  maxRetryAfter?: number | undefined;
  /** Headers of every request. */
  headers?: Record<string, string> | undefined;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/**
 * Sends a request to a path of the service.
 *
 * @param repeatable whether the request does no harm if it is sent twice. By default, its method decides.
 */
export type Send = (path: string, init?: RequestInit, repeatable?: boolean) => Promise<Response>;

/** Methods that have the same effect if they are sent twice. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
/** The first wait without `Retry-After`, in seconds. Each later one is twice as long. */
const FIRST_WAIT = 0.5;

/**
 * Returns a function that sends requests, and sends them again after network errors and after answers that may be
 * different later. It never repeats a request that could then have its effect twice: a `POST` is repeated if it has an
 * `Idempotency-Key`, or if the service answered that it did nothing.
 *
 * The function throws an `EdgereelError` for every response that is not 2xx.
 */
export function createTransport(options: TransportOptions): Send {
  const { apiKey, maxAttempts = 4, maxRetryAfter = 60, headers: extra = {} } = options;
  // A browser's fetch must not be called as a method of another object.
  const send = options.fetch ?? ((input: RequestInfo | URL, init?: RequestInit) => fetch(input, init));
  const base = String(options.url).replace(/\/+$/, "");
  return async (path, init = {}, mayRepeat = false) => {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(extra)) headers.set(name, value);
    if (apiKey) headers.set("authorization", `Bearer ${apiKey}`);
    const repeatable = mayRepeat || REPEATABLE.has(init.method ?? "GET") || headers.has("idempotency-key");
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= maxAttempts;
      let wait = FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
      try {
        const response = await send(base + path, { ...init, headers });
        if (response.ok) return response;
        const asked = retryAfterOf(response.headers);
        wait = asked ?? wait;
        const again = mayDiffer(response) && (repeatable || asked !== undefined) && wait <= maxRetryAfter;
        if (last || !again) throw await errorOfResponse(response);
        await response.body?.cancel();
      } catch (error) {
        // fetch throws a TypeError if there was no response.
        if (!(error instanceof TypeError)) throw error;
        init.signal?.throwIfAborted();
        if (last || !repeatable) {
          throw new ConnectionError(`${base} did not answer: ${reasonOf(error)}`, { cause: error });
        }
      }
      await pause(wait, init.signal);
    }
  };
}

/** Whether the same request may get another answer later. */
function mayDiffer({ status, headers }: Response): boolean {
  const code = headers.get("x-error-code");
  if (code !== null && Object.hasOwn(errorClasses, code)) {
    return errorClasses[code as keyof typeof errorClasses].retryable;
  }
  return status === 408 || status === 425 || status === 429 || status >= 502;
}

/** The reason of a failed fetch. Node hides it in `cause`. */
function reasonOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  const { code } = cause as { code?: unknown };
  return cause.message || String(code ?? message);
}

/** Waits. Rejects with the signal's reason if it aborts meanwhile. In seconds. */
export function pause(seconds: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
