import type { z } from "zod";

/** What a model is asked. */
export interface Prompt {
  system: string;
  user: string;
}

/** A prompt, and how its answer is read. */
export interface Question<T> {
  prompt: Prompt;
  /** The form that the answer shall have; null for plain text. */
  form: z.ZodType | null;
  /** What is asked for, for messages. */
  what: string;
  /** Reads an answer. Null if what was asked for is not in it. */
  read(answer: string): T | null;
}

export interface ModelAnswer {
  text: string;
  /** Input and output together; 0 if unknown. */
  tokens: number;
}

/** A language model with its settings. One file per vendor. */
export interface WritingModel {
  /** The provider's name, for abilities. */
  provider: string;
  /** The model's name. */
  name: string;
  /** For messages. */
  title: string;
  /**
   * Asks the model once, without retries.
   *
   * @param form the form that the answer shall have; null for plain text.
   * @throws ProviderError
   */
  generate(prompt: Prompt, form: z.ZodType | null): Promise<ModelAnswer>;
}
