import { generateText, type LanguageModel, NoObjectGeneratedError, Output } from "ai";
import type { z } from "zod";
import { TimeoutError, withTimeout } from "../../../src/util/timeout.ts";
import { ProviderError, unreadable } from "../calls/provider-error.ts";
import type { ModelAnswer, Prompt } from "./model.ts";

// Its warnings are about options that a model does not know. They are not for the service's log.
globalThis.AI_SDK_LOG_WARNINGS = false;

/** A function that calls a provider. */
type Call<A extends unknown[], R> = (...args: A) => Promise<R>;

export interface Generation {
  prompt: Prompt;
  form: z.ZodType | null;
  /** For messages. */
  title: string;
  seconds: number;
  maxOutputTokens?: number;
  /** Makes the model. It passes its calls through `keep`, so that their errors are not lost in those of the AI SDK. */
  model(keep: <A extends unknown[], R>(call: Call<A, R>) => Call<A, R>): LanguageModel;
}

/**
 * Asks a model once through the AI SDK. Its retries are off: the task's jobs retry.
 *
 * @throws ProviderError
 */
export async function generate({
  prompt,
  form,
  title,
  seconds,
  maxOutputTokens,
  model,
}: Generation): Promise<ModelAnswer> {
  let failure: unknown;
  const keep = <A extends unknown[], R>(call: Call<A, R>): Call<A, R> => {
    return async (...args) => {
      try {
        return await call(...args);
      } catch (error) {
        failure = error;
        throw error;
      }
    };
  };
  try {
    const asked = generateText({
      model: model(keep),
      system: prompt.system,
      prompt: prompt.user,
      maxRetries: 0,
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      ...(form === null ? {} : { output: Output.object({ schema: form }) }),
    });
    const { text, usage } = await withTimeout(asked, (seconds + 5) * 1000);
    return { text, tokens: tokensOf(usage) };
  } catch (error) {
    if (failure instanceof ProviderError) throw failure;
    // The answer is not of the form. It is read tolerantly.
    if (NoObjectGeneratedError.isInstance(error) && error.text)
      return { text: error.text, tokens: tokensOf(error.usage) };
    if (error instanceof TimeoutError) {
      throw new ProviderError("model_unavailable", `${title} did not answer within ${seconds} s`, { retryable: true });
    }
    throw unreadable(title, "with something other than a chat completion");
  }
}

interface Usage {
  inputTokens?: number | undefined;
  outputTokens?: number | undefined;
  totalTokens?: number | undefined;
}

function tokensOf(usage: Usage | undefined): number {
  const tokens = usage?.totalTokens ?? (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
  return Number.isFinite(tokens) && tokens > 0 ? Math.round(tokens) : 0;
}
