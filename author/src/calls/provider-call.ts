import { log, messageOf } from "../../../src/util/log.ts";
import type { Bindings } from "../bindings.ts";
import { mayCall, type Settings } from "../settings.ts";
import { ProviderError, type ProviderKind, unreadable } from "./provider-error.ts";
import { quotable } from "./redact.ts";
import { refusal } from "./refusal.ts";

/** What every adapter gets: the settings, the secrets among them, and the Worker's bindings. */
export interface Context {
  settings: Settings;
  secrets: readonly string[];
  bindings: Bindings;
}

/** Calls that have other limits than most of their kind: one that only lists what there is, and one that hears speech. */
type Purpose = "list" | "transcription";

/** Max seconds of a call, by what it is for. PROVIDER_TIMEOUT_SECONDS can shorten them. */
const MAX_SECONDS: Record<ProviderKind | Purpose, number> = {
  // A local model on a CPU needs minutes for a script.
  model: 600,
  voice: 90,
  footage: 30,
  picture: 180,
  list: 15,
  // A local model on a CPU may be as slow as the speech.
  transcription: 240,
};

/** Max bytes of an answer, by what it is for. */
const MAX_BYTES: Record<ProviderKind | Purpose, number> = {
  model: 1024 * 1024,
  voice: 16 * 1024 * 1024,
  footage: 4 * 1024 * 1024,
  picture: 24 * 1024 * 1024,
  list: 8 * 1024 * 1024,
  transcription: 4 * 1024 * 1024,
};

/** Max bytes of a refusal that are read, for its reason. */
const MAX_REFUSAL_BYTES = 16 * 1024;

export interface ProviderRequest {
  /** The provider's name, for messages. */
  provider: string;
  kind: ProviderKind;
  purpose?: Purpose;
  /** The settings that may be wrong if the provider refuses, for messages. */
  settings: { key: string; others?: string };
  url: string | URL;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string | FormData;
}

/** A provider's answer with a status of success, read completely. */
export interface ProviderAnswer {
  status: number;
  headers: Headers;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Max seconds that a call may take. */
export function timeLimit(kind: ProviderKind | Purpose, settings: Settings): number {
  return Math.min(MAX_SECONDS[kind], settings.PROVIDER_TIMEOUT_SECONDS);
}

/**
 * Calls a provider over HTTP. Time and size of the answer are bounded. Redirects are not followed, because they would
 * get the key.
 *
 * @throws ProviderError
 */
export async function callProvider(request: ProviderRequest, context: Context): Promise<ProviderAnswer> {
  const { provider, kind } = request;
  const url = new URL(request.url);
  if (!mayCall(url, context.settings.OUTBOUND_ALLOW)) {
    throw unreadable(provider, "with a URL that this service does not call");
  }
  const limits = request.purpose ?? kind;
  const seconds = timeLimit(limits, context.settings);
  const timeout = AbortSignal.timeout(seconds * 1000);
  let response: Response;
  try {
    response = await fetch(url, {
      method: request.method ?? (request.body === undefined ? "GET" : "POST"),
      headers: { "user-agent": "edgereel", ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: timeout,
    });
  } catch (error) {
    const what = timeout.aborted ? `did not answer within ${seconds} s` : "cannot be reached";
    logFailure(request, null, error, context);
    throw new ProviderError(`${kind}_unavailable`, `${provider} ${what}${hint(request)}`, { retryable: true });
  }
  const isRefusal = !response.ok;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = await readBody(response, isRefusal ? MAX_REFUSAL_BYTES : MAX_BYTES[limits], isRefusal);
  } catch (error) {
    if (isRefusal) bytes = new Uint8Array();
    else {
      logFailure(request, response.status, error, context);
      if (error instanceof TooLargeError) throw unreadable(provider, "more data than expected");
      if (!timeout.aborted) throw unreadable(provider, "with a body that broke off");
      const message = `${provider} did not finish its answer within ${seconds} s`;
      throw new ProviderError(`${kind}_unavailable`, message, { retryable: true });
    }
  }
  if (isRefusal) {
    const error = refusal(request, response, new TextDecoder().decode(bytes), context.secrets, Date.now());
    logFailure(request, response.status, error, context);
    throw error;
  }
  return { status: response.status, headers: response.headers, bytes };
}

class TooLargeError extends Error {}

/** Reads a body. If it is longer than `limit`, the rest is cut off or an error is thrown. */
async function readBody(response: Response, limit: number, cutOff: boolean): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (length > limit) break;
  }
  if (length > limit && !cutOff) throw new TooLargeError();
  const bytes = new Uint8Array(Math.min(length, limit));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk.subarray(0, bytes.length - at), at);
    at += Math.min(chunk.byteLength, bytes.length - at);
  }
  return bytes;
}

/** Logs a failed call. Neither the URL nor the answer is logged, because both can contain the key. */
function logFailure(request: ProviderRequest, status: number | null, error: unknown, context: Context): void {
  const reason = quotable(messageOf(error), context.secrets) ?? "the reason contains a secret";
  log("provider_call_failed", { provider: request.provider, kind: request.kind, status, reason });
}

function hint({ settings: { others } }: ProviderRequest): string {
  return others === undefined ? "" : `; check ${others}`;
}
