import { afterEach, expect, test } from "vitest";
import { startFileHost } from "../support/services/file-host.ts";
import { callAuthor, done, failure, providers } from "./support/call-author.ts";
import { script, terms } from "./support/calls.ts";

afterEach(() => providers.reset());

const settings = providers.settings("llm");
const social = {
  subject: "coral reefs",
  script: "Reefs are old.",
  language: "auto",
  platform: "youtube_shorts",
} as const;
const GLM = "@cf/zai-org/glm-4.7-flash";
/** An answer of Workers AI. */
const answer = (content: string) => ({
  [GLM]: {
    choices: [{ message: { role: "assistant", content } }],
    usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
  },
});

test("a script is asked for as a chat completion in plain text", async () => {
  const request = { ...script, language: "de", paragraphs: 3, prompt: "Be funny." };
  expect(await done("writeScript", [request], { settings })).toEqual({
    status: "done",
    value: {
      script: expect.stringMatching(/^This is a short story about coral reefs\./),
      model: "fake-model",
      tokens: 150,
    },
    warnings: [],
  });
  const [asked, ...others] = await providers.log();
  expect(others).toEqual([]);
  expect(asked).toMatchObject({ path: "/v1/chat/completions", method: "POST", body: { model: "fake-model" } });
  const body = (asked?.body ?? {}) as { messages?: { role: string; content: string }[]; response_format?: unknown };
  const { messages = [], response_format } = body;
  expect(response_format).toBeUndefined();
  expect(messages.map(({ role }) => role)).toEqual(["system", "user"]);
  expect(messages[1]?.content).toMatch(/coral reefs\n.*3.*\nLanguage: de\n.*Be funny\./);
});

test("a system prompt of the request replaces the built-in one", async () => {
  await done("writeScript", [{ ...script, systemPrompt: "You are a pirate." }], { settings });
  const [asked] = await providers.log();
  expect(asked?.body).toMatchObject({ messages: [{ role: "system", content: "You are a pirate." }, { role: "user" }] });
});

test("search terms are asked for as JSON with a schema", async () => {
  expect((await done("writeTerms", [terms], { settings })).value).toEqual({
    ...{ terms: ["ocean waves", "forest path", "city night"], model: "fake-model", tokens: 150 },
  });
  const [asked] = await providers.log();
  expect(asked?.body).toMatchObject({
    response_format: { type: "json_schema", json_schema: { strict: true, schema: { required: ["terms"] } } },
  });
});

test("social metadata keeps the limits of the platform", async () => {
  const { value } = await done("writeSocialMetadata", [social], { settings });
  expect(value).toMatchObject({
    title: expect.any(String),
    caption: expect.any(String),
    hashtags: ["#shorts", "#facts", "#nature"],
  });
});

test("if a server refuses response_format, it is asked again without it", async () => {
  await providers.misbehave("llm", "refuse_format");
  expect((await done("writeTerms", [terms], { settings })).value.terms).toHaveLength(3);
  const bodies = (await providers.log()).map(({ body, paid }) => [
    Object.hasOwn(body as object, "response_format"),
    paid,
  ]);
  expect(bodies).toEqual([
    [true, false],
    [false, true],
  ]);
});

test.each(["fence", "prose", "think", "unclosed_think", "trailing_comma", "cut_off"])(
  "odd answers of models are read: %s",
  async (how) => {
    await providers.misbehave("llm", how);
    expect((await done("writeTerms", [terms], { settings })).value.terms).toEqual([
      "ocean waves",
      "forest path",
      "city night",
    ]);
    expect((await done("writeSocialMetadata", [social], { settings })).value.hashtags).toHaveLength(3);
    const { value } = await done("writeScript", [script], { settings });
    expect(value.script).toMatch(/^This is a short story about coral reefs\./);
    expect(value.script).not.toMatch(/think|```|Let me know|Sure/);
  },
);

test("content in parts is read", async () => {
  await providers.misbehave("llm", "parts");
  expect((await done("writeTerms", [terms], { settings })).value.terms).toHaveLength(3);
});

test("an error with status 200 has the meaning of its code", async () => {
  await providers.misbehave("llm", "error_in_200");
  expect(await failure("writeScript", [script], { settings })).toMatchObject({
    ...{ code: "provider_limit", retryable: true, message: expect.stringContaining("no capacity") },
  });
});

test.each(["/llm", "/llm/", "/llm/v1", "/llm/v1/", "/llm/v1/chat/completions"])(
  "the path of LLM_BASE_URL is used as it is, without a slash and the API's own path at its end: %s",
  async (path) => {
    if (path.startsWith("/llm/v1")) await providers.reset();
    else await providers.misbehave("llm", "no_v1");
    await done("writeScript", [script], { settings: { ...settings, LLM_BASE_URL: providers.origin + path } });
  },
);

test("if LLM_BASE_URL has no path, /v1 is tried first, and then the root", async () => {
  const host = await startFileHost((path, response) => {
    response.statusCode = path === "/chat/completions" ? 200 : 404;
    response.end(
      JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: "Reefs are old." } }] }),
    );
  });
  const own = { ...settings, LLM_BASE_URL: host.origin, OUTBOUND_ALLOW: host.host };
  expect((await done("writeScript", [script], { settings: own })).value.script).toBe("Reefs are old.");
  expect(host.asked).toEqual(["/v1/chat/completions", "/chat/completions"]);
  await host.close();
});

test("an empty answer of a model is a failure that a retry may heal", async () => {
  await providers.misbehave("llm", "empty");
  expect(await failure("writeScript", [script], { settings })).toMatchObject({
    code: "provider_failed",
    retryable: true,
  });
  expect(await failure("writeTerms", [terms], { settings })).toMatchObject({
    code: "provider_failed",
    retryable: true,
  });
});

test("without a language model, the failure says which settings make one", async () => {
  expect(await failure("writeScript", [script])).toMatchObject({
    ...{ code: "model_unavailable", retryable: false },
    message: expect.stringMatching(/LLM_API_KEY.*LLM_BASE_URL.*LLM_MODEL/),
  });
});

test("Workers AI writes if no other model is set up, with thinking off and enough tokens", async () => {
  const { result, asked } = await callAuthor("writeScript", [script], { ai: answer("Reefs are **old**.") });
  expect(result).toMatchObject({ status: "done", value: { script: "Reefs are old.", model: GLM, tokens: 42 } });
  expect(asked).toEqual([
    {
      model: GLM,
      input: expect.objectContaining({ max_tokens: 4096, chat_template_kwargs: { enable_thinking: false } }),
    },
  ]);
});

test("LLM_MODEL chooses the model of Workers AI, and OpenAI has a default model", async () => {
  const LLAMA = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
  const ai = { [LLAMA]: answer("Reefs are old.")[GLM] };
  expect((await done("writeScript", [script], { settings: { LLM_MODEL: LLAMA }, ai })).value.model).toBe(LLAMA);
  const { LLM_MODEL: _, ...withoutModel } = settings;
  await done("writeScript", [script], { settings: withoutModel });
  expect(await providers.log()).toMatchObject([{ body: { model: "gpt-4o-mini" } }]);
});

test("Workers AI gets the schema of a list", async () => {
  const { result, asked } = await callAuthor("writeTerms", [terms], { ai: answer('{"terms": ["reef fish"]}') });
  expect(result).toMatchObject({ status: "done", value: { terms: ["reef fish"] } });
  expect(asked[0]?.input).toMatchObject({
    response_format: { type: "json_schema", json_schema: { required: ["terms"] } },
  });
});

test("if the first model fails, Workers AI writes, and a warning says so", async () => {
  await providers.misbehave("llm", "500");
  const written = await done("writeScript", [script], { settings, ai: answer("Reefs are old.") });
  expect(written).toMatchObject({
    value: { script: "Reefs are old.", model: GLM },
    warnings: [expect.stringMatching(/LLM_BASE_URL.*status 500.*next provider/)],
  });
});

test("if all models fail, the failure tells all of them, and that a retry may help", async () => {
  await providers.misbehave("llm", "401");
  const ai = { [GLM]: { error: "3040: Capacity temporarily exceeded, please try again." } };
  expect(await failure("writeScript", [script], { settings, ai })).toMatchObject({
    ...{ code: "provider_limit", retryable: true },
    message: expect.stringMatching(/LLM_API_KEY.*Workers AI has no capacity/),
  });
});

test.each([
  ["3036: You have used up your daily free allocation of 10,000 neurons", "provider_limit", false],
  ["5007: No such model @cf/x or task", "provider_refused", false],
  ["Binding AI needs to be run remotely", "model_unavailable", false],
  ["InferenceUpstreamError: oops", "provider_failed", true],
])("the error of Workers AI %j is %s", async (error, code, retryable) => {
  expect(await failure("writeScript", [script], { ai: { [GLM]: { error } } })).toMatchObject({ code, retryable });
});

test("if Workers AI cannot meet the JSON schema, it is asked again without it", async () => {
  const ai = { [GLM]: { error: "5025: JSON Mode couldn't be met" } };
  const { result, asked } = await callAuthor("writeTerms", [terms], { ai });
  expect(result).toMatchObject({ status: "failed" });
  expect(asked.map(({ input }) => Object.hasOwn(input, "response_format"))).toEqual([true, false]);
});
