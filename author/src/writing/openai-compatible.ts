import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { callOpenAi } from "../calls/openai-call.ts";
import { type Context, timeLimit } from "../calls/provider-call.ts";
import { unreadable } from "../calls/provider-error.ts";
import { refusal } from "../calls/refusal.ts";
import { DEFAULT_LLM_MODEL } from "../settings.ts";
import { normalizeCompletion, statusOfError } from "./chat-completion.ts";
import { generate } from "./generate.ts";
import type { WritingModel } from "./model.ts";

const OWN_ADDRESS = "https://api.openai.com/v1";
const PATH = "/chat/completions";
const TITLE = "The language model (LLM_BASE_URL)";

/** A model behind OpenAI's protocol: OpenAI, DeepSeek, Moonshot, Groq, Ollama and others. */
export function openAiCompatible(context: Context): WritingModel | null {
  const { LLM_BASE_URL, LLM_API_KEY, LLM_MODEL = DEFAULT_LLM_MODEL } = context.settings;
  if (LLM_BASE_URL === undefined && LLM_API_KEY === undefined) return null;
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
            // `boundedFetch` decides the address.
            baseURL: OWN_ADDRESS,
            ...(LLM_API_KEY === undefined ? {} : { apiKey: LLM_API_KEY }),
            supportsStructuredOutputs: true,
            fetch: keep((_, init) => boundedFetch(LLM_BASE_URL ?? OWN_ADDRESS, init, context)),
          }).chatModel(LLM_MODEL),
      }),
  };
}

/** The AI SDK's `fetch`, with the limits of all calls of providers. */
async function boundedFetch(base: string, init: RequestInit | undefined, context: Context): Promise<Response> {
  const request = {
    provider: TITLE,
    kind: "model",
    settings: { key: "LLM_API_KEY", others: "LLM_BASE_URL and LLM_MODEL" },
    headers: Object.fromEntries(new Headers(init?.headers)),
    body: String(init?.body ?? ""),
  } as const;
  const { status, headers, bytes } = await callOpenAi(request, base, PATH, context);
  const text = new TextDecoder().decode(bytes);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable(TITLE, "with something other than JSON");
  }
  const failed = statusOfError(body);
  if (failed !== null) throw refusal(request, { status: failed, headers }, text, context.secrets, Date.now());
  return Response.json(normalizeCompletion(body), { status });
}
