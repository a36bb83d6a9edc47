import type { Context } from "../calls/provider-call.ts";
import type { WritingModel } from "./model.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { workersAi } from "./workers-ai.ts";

/** The language models that have their settings, in order of preference, as docs/providers.md lists them. */
export function writingModels(context: Context): WritingModel[] {
  return [openAiCompatible(context), workersAi(context)].filter((model) => model !== null);
}

export const MODEL_HINT =
  "Set LLM_API_KEY, or LLM_BASE_URL (for Ollama: http://localhost:11434/v1), and LLM_MODEL to get a language model. A " +
  "deployed service has Workers AI.";
