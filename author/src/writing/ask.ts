import { type Attempted, firstThatWorks } from "../calls/first-that-works.ts";
import type { Context } from "../calls/provider-call.ts";
import { ProviderError, unavailable, unreadable } from "../calls/provider-error.ts";
import type { ModelAnswer, Question, WritingModel } from "./model.ts";
import { MODEL_HINT, writingModels } from "./registry.ts";

/** A text that a model wrote, read and checked. */
export interface Written<T> {
  value: T;
  model: string;
  tokens: number;
}

/**
 * Asks the models in order until one of them answers what was asked for.
 *
 * @throws ProviderError
 */
export function ask<T>(question: Question<T>, context: Context): Promise<Attempted<Written<T>>> {
  return firstThatWorks(
    writingModels(context),
    (model) => askModel(model, question),
    () => unavailable("model", `There is no language model. ${MODEL_HINT}`),
  );
}

async function askModel<T>(model: WritingModel, question: Question<T>): Promise<Written<T>> {
  const { text, tokens } = await generate(model, question);
  const value = question.read(text);
  if (value === null) throw unreadable(model.title, `without ${question.what}`);
  return { value, model: model.name, tokens };
}

/** Statuses with which servers refuse a `response_format` that they or their model do not know. */
const FORMAT_REFUSED = new Set([400, 415, 422, 501]);

/** Asks for the form, and again without it if the server does not know forms: the prompt describes it too. */
async function generate(model: WritingModel, { prompt, form }: Question<unknown>): Promise<ModelAnswer> {
  if (form === null) return model.generate(prompt, null);
  try {
    return await model.generate(prompt, form);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const isRefused = error.status !== null && FORMAT_REFUSED.has(error.status);
    if (!isRefused && !/JSON mode/i.test(error.message)) throw error;
    return model.generate(prompt, null);
  }
}
