import { ProviderError } from "./provider-error.ts";

/** A provider's result, and which providers failed before it. */
export interface Attempted<T> {
  value: T;
  warnings: string[];
}

/**
 * Asks providers in order until one of them succeeds.
 *
 * @throws ProviderError if all fail: the first failure that another try may heal, or else the first one. Its message
 * names all failures.
 */
export async function firstThatWorks<P, T>(
  providers: readonly P[],
  ask: (provider: P) => Promise<T>,
  none: () => ProviderError,
): Promise<Attempted<T>> {
  const failures: ProviderError[] = [];
  for (const provider of providers) {
    try {
      const value = await ask(provider);
      return { value, warnings: failures.map(({ message }) => `${message}; the next provider was used instead`) };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      failures.push(error);
    }
  }
  const [first, second] = failures;
  if (!first) throw none();
  if (!second) throw first;
  const shown = failures.find(({ retryable }) => retryable) ?? first;
  throw new ProviderError(shown.code, failures.map(({ message }) => message).join("; "), shown);
}
