import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { type Context, callProvider, timeLimit } from "../calls/provider-call.ts";
import { openAiBase } from "../calls/provider-url.ts";
import { generate } from "./generate.ts";
import type { WritingModel } from "./model.ts";

const OWN_ADDRESS = "https://api.openai.com/v1";
const TITLE = "The language model (LLM_BASE_URL)";

/** A model behind OpenAI's protocol: OpenAI, DeepSeek, Moonshot, Groq, Ollama and others. */
export function openAiCompatible(context: Context): WritingModel | null {
  const { LLM_BASE_URL, LLM_API_KEY, LLM_MODEL } = context.settings;
  if (LLM_MODEL === undefined || (LLM_BASE_URL === undefined && LLM_API_KEY === undefined)) return null;
  return {
    provider: "openai-compatible",
    name: LLM_MODEL,
    title: TITLE,
    generate: (prompt, form) =>
      generate({
        prompt,
        form,
        title: TITLE,
        seconds: timeLimit("model", context.settings),
        model: (keep) =>
          createOpenAICompatible({
            name: "openai-compatible",
            baseURL: openAiBase(LLM_BASE_URL ?? OWN_ADDRESS),
            ...(LLM_API_KEY === undefined ? {} : { apiKey: LLM_API_KEY }),
            supportsStructuredOutputs: true,
            fetch: keep((input, init) => boundedFetch(input, init, context)),
          }).chatModel(LLM_MODEL),
      }),
  };
}

/** The AI SDK's `fetch`, with the limits of all calls of providers. */
async function boundedFetch(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  context: Context,
): Promise<Response> {
  const answer = await callProvider(
    {
      provider: TITLE,
      kind: "model",
      settings: { key: "LLM_API_KEY", others: "LLM_BASE_URL and LLM_MODEL" },
      url: input instanceof Request ? input.url : input,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: String(init?.body ?? ""),
    },
    context,
  );
  return new Response(answer.bytes, { status: answer.status, headers: { "content-type": "application/json" } });
}
