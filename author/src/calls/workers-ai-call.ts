import { log, messageOf } from "../../../src/util/log.ts";
import { TimeoutError, withTimeout } from "../../../src/util/timeout.ts";
import { type Context, timeLimit } from "./provider-call.ts";
import { ProviderError, type ProviderKind, unreadable } from "./provider-error.ts";
import { readBase64 } from "./read-answer.ts";
import { quotable } from "./redact.ts";

export const WORKERS_AI = "Workers AI";

/** Max bytes of an audio file or picture. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Runs a model through the binding.
 *
 * @throws ProviderError
 */
export async function runWorkersAi(
  kind: ProviderKind,
  model: string,
  input: Record<string, unknown>,
  { bindings: { AI }, settings, secrets }: Context,
): Promise<unknown> {
  const seconds = timeLimit(kind, settings);
  try {
    if (!AI) throw new Error("the binding AI is missing");
    // The binding's types list the models that existed when they were made.
    const run = AI.run as (model: string, input: Record<string, unknown>) => Promise<unknown>;
    return await withTimeout(run.call(AI, model, input), seconds * 1000);
  } catch (error) {
    throw workersAiError(kind, error, secrets);
  }
}

/** Translates an error of the binding. Its messages begin with a code, as its documentation lists them. */
export function workersAiError(kind: ProviderKind, error: unknown, secrets: readonly string[]): ProviderError {
  if (error instanceof ProviderError) return error;
  const message = messageOf(error);
  const reason = quotable(message, secrets) ?? "the reason contains a secret";
  log("provider_call_failed", { provider: WORKERS_AI, kind, reason });
  const fail = (code: ProviderError["code"], text: string, retryable: boolean) =>
    new ProviderError(code, `${WORKERS_AI} ${text}`, { retryable });
  if (error instanceof TimeoutError) return fail(`${kind}_unavailable`, "did not answer in time", true);
  if (/run remotely|binding AI is missing/i.test(message)) {
    return fail(`${kind}_unavailable`, "is not available in local development", false);
  }
  // 3036: the daily allocation is used up. 3039 and 3040: too many requests, or no capacity.
  if (/\b3036\b|daily free allocation/i.test(message)) return fail("provider_limit", `refused: ${reason}`, false);
  if (/\b(3039|3040|3041)\b|capacity|rate.?limit|too many requests/i.test(message)) {
    return fail("provider_limit", `has no capacity now: ${reason}`, true);
  }
  // 5007: no such model. 5016 and 5018: the model's terms, or the account. 5004 and 5006: the input.
  if (/\b(5004|5006|5007|5016|5018|3003|3006)\b/.test(message))
    return fail("provider_refused", `refused: ${reason}`, false);
  return fail("provider_failed", `failed: ${reason}`, true);
}

/** Reads a file in any of the forms in which models answer it: a stream, bytes, base64, or base64 in a field. */
export async function readWorkersAiFile(answer: unknown, field: "audio" | "image"): Promise<Uint8Array<ArrayBuffer>> {
  if (answer instanceof ReadableStream) return readBounded(answer);
  if (answer instanceof Response) return readBounded(answer.body);
  if (answer instanceof ArrayBuffer) return new Uint8Array(answer);
  if (answer instanceof Uint8Array) return new Uint8Array(answer);
  if (typeof answer === "string") return readBase64(answer, WORKERS_AI);
  const value = typeof answer === "object" && answer !== null ? (answer as Record<string, unknown>)[field] : undefined;
  if (typeof value === "string") return readBase64(value, WORKERS_AI);
  throw unreadable(WORKERS_AI, `without ${field}`);
}

async function readBounded(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  try {
    for await (const chunk of stream ?? []) {
      length += chunk.byteLength;
      if (length > MAX_BYTES) break;
      chunks.push(new Uint8Array(chunk));
    }
  } catch {
    throw unreadable(WORKERS_AI, "with a body that broke off");
  }
  if (length > MAX_BYTES) throw unreadable(WORKERS_AI, "more data than expected");
  return new Blob(chunks).bytes() as Promise<Uint8Array<ArrayBuffer>>;
}
