import type { AuthorReply } from "../../src/protocol/author.ts";
import { log, messageOf } from "../../src/util/log.ts";
import type { Bindings } from "./bindings.ts";
import type { Attempted } from "./calls/first-that-works.ts";
import type { Context } from "./calls/provider-call.ts";
import { failureOf, ProviderError, type ProviderKind, unavailable } from "./calls/provider-error.ts";
import { quotable, redactDeep } from "./calls/redact.ts";
import { readSettings, SettingsError, secretsOf } from "./settings.ts";

/** Reads settings and bindings. @throws SettingsError */
export function contextOf(env: Bindings): Context {
  return { settings: readSettings(env), secrets: secretsOf(env), bindings: env };
}

/**
 * Runs a call and turns its failures into values. No answer contains a secret, whatever a provider echoes.
 *
 * @param kind what the call is for. It decides the code of the failure if the settings are invalid.
 */
export async function reply<T>(
  kind: ProviderKind,
  env: Bindings,
  work: (context: Context) => Promise<Attempted<T>>,
): Promise<AuthorReply<T>> {
  const secrets = secretsOf(env);
  try {
    const { value, warnings } = await work(contextOf(env));
    const done: AuthorReply<T> = { status: "done", value, warnings };
    return redactDeep(done, secrets) as AuthorReply<T>;
  } catch (error) {
    const failed: AuthorReply<T> = { status: "failed", failure: failureOf(asProviderError(kind, error, secrets)) };
    return redactDeep(failed, secrets) as AuthorReply<T>;
  }
}

function asProviderError(kind: ProviderKind, error: unknown, secrets: readonly string[]): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof SettingsError) {
    log("invalid_settings", { message: error.message });
    return unavailable(kind, error.message);
  }
  log("call_failed", { kind, reason: quotable(messageOf(error), secrets) ?? "the reason contains a secret" });
  return new ProviderError("provider_failed", "The author Worker failed; its log says why", { retryable: true });
}
