import type { AuthorFailure, AuthorFailureCode } from "../../../src/protocol/author.ts";

/** What a provider does. */
export type ProviderKind = "model" | "voice" | "footage" | "picture";

/** Why a provider did not do what it was asked. The message names the provider and holds no secret. */
export class ProviderError extends Error {
  override name = "ProviderError";
  readonly code: AuthorFailureCode;
  /** Whether the same call may succeed later without any change. */
  readonly retryable: boolean;
  readonly retryAfterSeconds: number | null;
  /** The HTTP status of the provider's answer; null if it gave none. */
  readonly status: number | null;

  constructor(
    code: AuthorFailureCode,
    message: string,
    options: { retryable: boolean; retryAfterSeconds?: number | null; status?: number | null },
  ) {
    super(message);
    this.code = code;
    this.retryable = options.retryable;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
    this.status = options.status ?? null;
  }
}

/** The provider answered something that is not what it documents. Another try may help. */
export function unreadable(provider: string, what: string): ProviderError {
  return new ProviderError("provider_failed", `${provider} answered ${what}`, { retryable: true });
}

/** There is no provider that could do it. */
export function unavailable(kind: ProviderKind, message: string): ProviderError {
  return new ProviderError(`${kind}_unavailable`, message, { retryable: false });
}

/** The failure as a value that RPC can carry. */
export function failureOf(error: ProviderError): AuthorFailure {
  const { code, message, retryable, retryAfterSeconds } = error;
  return { code, message: message.slice(0, 2000), retryable, retryAfterSeconds };
}
