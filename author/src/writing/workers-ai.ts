import { createWorkersAI } from "workers-ai-provider";
import { type Context, timeLimit } from "../calls/provider-call.ts";
import { WORKERS_AI, workersAiError } from "../calls/workers-ai-call.ts";
import { generate } from "./generate.ts";
import type { WritingModel } from "./model.ts";

/** A model of the free plan that knows many languages. */
const DEFAULT_MODEL = "@cf/zai-org/glm-4.7-flash";
/** Workers AI's default is 256, which cuts off a script. */
const MAX_OUTPUT_TOKENS = 4096;

/** A model of Workers AI through the binding. It needs no setting. */
export function workersAi(context: Context): WritingModel | null {
  const { AI } = context.bindings;
  if (!AI) return null;
  const { LLM_MODEL = "" } = context.settings;
  // Only Workers AI has names such as @cf/….
  const name = LLM_MODEL.startsWith("@") ? LLM_MODEL : DEFAULT_MODEL;
  return {
    provider: "workers-ai",
    name,
    title: WORKERS_AI,
    generate: (prompt, form) =>
      generate({
        prompt,
        form,
        title: WORKERS_AI,
        seconds: timeLimit("model", context.settings),
        maxOutputTokens: MAX_OUTPUT_TOKENS,
        model(keep) {
          const run = keep(async (...args: Parameters<Ai["run"]>) => {
            try {
              return await AI.run(...args);
            } catch (error) {
              throw workersAiError("model", error, context.secrets);
            }
          });
          // Thinking would use up the tokens of the answer.
          return createWorkersAI({ binding: { run } as unknown as Ai })(name, {
            chat_template_kwargs: { enable_thinking: false },
          });
        },
      }),
  };
}
