import { hasBearer, openAiRefusal } from "./bearer.ts";
import { type FakeVendor, field, type ProviderAnswer, type ProviderRequest, textField } from "./vendor.ts";

/** A language model with OpenAI's protocol (also Ollama's). Its base is `{origin}/llm/v1`. */
export const llm: FakeVendor = {
  name: "llm",
  key: "sk-fake-llm-7f3a9c51e2d84b60",
  isAuthorized: (request) => hasBearer(request, llm.key),
  refusal: openAiRefusal,
  isPaid: ({ method }) => method === "POST",
  answer(request, odd) {
    if (request.path === "/v1/models") {
      return { status: 200, body: { object: "list", data: [{ id: "fake-model", object: "model" }] } };
    }
    const atRoot = odd === "no_v1";
    if (request.method !== "POST" || request.path !== `${atRoot ? "" : "/v1"}/chat/completions`) return null;
    if (odd === "refuse_format" && field(request.body, "response_format") !== undefined) {
      return { status: 400, body: openAiRefusal(400, "response_format is not supported by this model") };
    }
    // OpenRouter answers errors of the servers behind it with status 200.
    if (odd === "error_in_200") return { status: 200, body: { error: { message: "no capacity", code: 429 } } };
    return completion(dress(contentFor(request), odd), request, odd);
  },
};

function completion(text: string, { body }: ProviderRequest, odd: string | null): ProviderAnswer {
  const content = odd === "parts" ? [{ type: "text", text }] : text;
  return {
    status: 200,
    body: {
      id: "chatcmpl-fake",
      object: "chat.completion",
      created: 1_760_000_000,
      model: textField(body, "model"),
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }],
      usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    },
  };
}

/** Odd but real forms of an answer. */
function dress(content: string, odd: string | null): string {
  switch (odd) {
    case "fence":
      return `\`\`\`json\n${content}\n\`\`\``;
    case "prose":
      return `Sure! Here is what you asked for:\n\n${content}\n\nLet me know if you need anything else!`;
    case "think":
      return `<think>\nThe user wants {"terms": ["wrong"]}. Let me think.\n</think>\n\n${content}`;
    case "unclosed_think":
      return `The user wants something. I think it is fine.\n</think>\n${content}`;
    case "trailing_comma":
      return content.replace(/([\]}])$/, ",$1");
    case "cut_off":
      return content.slice(0, -2);
    case "empty":
      return "";
    default:
      return content;
  }
}

function contentFor({ body }: ProviderRequest): string {
  const messages = field(body, "messages");
  const said = JSON.stringify([messages, field(body, "response_format")]);
  const subject = /video subject: (.*?)(?:\\n|")/i.exec(said)?.[1] ?? "the sea";
  if (said.includes("hashtags")) {
    return JSON.stringify({
      title: `${subject}: what you did not know`,
      caption: `A short look at ${subject}. Follow for more.`,
      hashtags: ["#shorts", "#facts", "#nature", "#learn", "#video", "#world", "#today", "#wow", "#more"],
    });
  }
  if (said.includes("terms")) {
    const amount = Number(/(\d+) search terms/.exec(said)?.[1] ?? 5);
    const words = [
      "ocean waves",
      "forest path",
      "city night",
      "mountain lake",
      "desert sand",
      "snow storm",
      "river boat",
    ];
    return JSON.stringify({ terms: Array.from({ length: amount }, (_, index) => words[index % words.length]) });
  }
  const sentences = ["This is a short story about", "Few people know much about", "Everything depends on", "Remember"];
  return sentences.map((start) => `${start} ${subject}.`).join(" ");
}
