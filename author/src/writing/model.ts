import type { z } from "zod";

/** What a model is asked. */
export interface Prompt {
  system: string;
  user: string;
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
